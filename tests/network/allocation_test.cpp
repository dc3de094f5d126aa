// A training step allocates nothing: this program counts every call of operator new.

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "network/penalty.h"
#include "network_cases.h"

namespace {

std::atomic<long> allocations{0};

void* count_and_allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  if (void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded)) {
    return memory;
  }
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return count_and_allocate(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) {
  return count_and_allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return count_and_allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return count_and_allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace hourglass {
namespace {

/// By three steps after the first, on batches of changing length.
long allocated_by_steps(const test::NetworkCase& c, ThreadPool& pool) {
  Network<float> network(c.network);
  network.initialise(1);
  TrainingPlan<float> plan(network, c.step, 250, pool);
  test::fill_batch(plan, 1, c.masked);
  plan.step(250, 1e-3, {});
  const long before = allocations;
  for (Index i = 1; i < 4; ++i) plan.step(250 - i, 1e-3, {0, 0, i});
  return allocations - before;
}

TEST(Allocation, AStepAllocatesNothing) {
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    for (const Norm norm : {Norm::kNone, Norm::kBatch, Norm::kLayer}) {
      for (const bool tied : {false, true}) {
        NetworkSpec spec = test::small_network(Activation::kGelu, norm, 0.1, tied);
        spec.encoder[0].width = spec.decoder[0].width = 200;  // enough work for both threads
        StepSpec step;
        step.clip_norm = tied ? 1 : 0;
        EXPECT_EQ(allocated_by_steps({"dense", spec, step, true}, pool), 0);
      }
    }
  }
  for (const LossInfo& loss : losses()) {
    StepSpec step;
    step.loss = loss.loss;
    step.groups = {{0, 3}};
    const NetworkSpec spec =
        test::with_outputs_for(loss.loss, test::small_network(Activation::kGelu));
    ThreadPool pool(2);
    EXPECT_EQ(allocated_by_steps({"loss", spec, step, true}, pool), 0) << loss.name;
  }
  for (const PenaltyKind& kind : penalty_kinds()) {
    for (const Index probes : {0, 2}) {
      test::NetworkCase c{std::string(kind.name), test::small_network(Activation::kSigmoid), {}};
      ASSERT_TRUE(test::penalise(c, {.kind = c.name, .weight = 1, .layer = 1, .probes = probes}));
      ThreadPool pool(2);
      EXPECT_EQ(allocated_by_steps(c, pool), 0) << c.name;
    }
  }
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    for (test::NetworkCase c : test::map_cases(Activation::kGelu)) {
      EXPECT_EQ(allocated_by_steps(c, pool), 0) << c.name;
      if (!test::penalise(c, {.kind = "contractive", .weight = 1, .layer = 1, .probes = 2})) {
        continue;
      }
      EXPECT_EQ(allocated_by_steps(c, pool), 0) << c.name << ", contracted";
    }
  }
  const long before = allocations;
  delete new int(1);
  EXPECT_EQ(allocations - before, 1) << "operator new is not counted";
}

}  // namespace
}  // namespace hourglass
