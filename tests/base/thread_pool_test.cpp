#include "base/thread_pool.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <numeric>
#include <pthread.h>
#include <stdexcept>

namespace hourglass {
namespace {

TEST(ThreadPool, EveryPartIsDoneOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(threads));
    for (int round = 1; round <= 20; ++round) {
      pool.run([&](int worker) { ++calls.at(static_cast<std::size_t>(worker)); });
      for (const auto& count : calls) ASSERT_EQ(count, round);
    }
  }
}

TEST(ThreadPool, ThreadsThatComeInTimeHaveTheirOwnParts) {
  ThreadPool pool(3);
  std::vector<std::thread::id> ids(3);
  std::atomic<int> there{0};
  pool.run([&](int part) {
    ids[static_cast<std::size_t>(part)] = std::this_thread::get_id();
    ++there;
    while (there < 3) std::this_thread::yield();
  });
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[0], ids[2]);
  EXPECT_NE(ids[1], ids[2]);
}

// Here the thread is asleep, and the section over sooner than it wakes.
TEST(ThreadPool, NobodyWaitsForAThreadThatDoesNotCome) {
  ThreadPool pool(2);
  int done_by_caller = 0;
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::thread::id id;
    pool.run([&](int part) {
      if (part == 1) id = std::this_thread::get_id();
    });
    done_by_caller += id == std::this_thread::get_id() ? 1 : 0;
  }
  EXPECT_GT(done_by_caller, 0);
}

TEST(ThreadPool, ZeroMeansTheMachines) {
  EXPECT_GE(available_processors(), 1);
  EXPECT_EQ(ThreadPool(0).size(), available_processors());
}

// A process may be out of threads: here, as each would need a stack larger than the address space.
TEST(ThreadPool, MakesDoWithTheThreadsTheSystemGives) {
  pthread_attr_t usual, impossible;
  ASSERT_EQ(pthread_getattr_default_np(&usual), 0);
  ASSERT_EQ(pthread_getattr_default_np(&impossible), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&impossible, std::size_t{1} << 48), 0);
  ASSERT_EQ(pthread_setattr_default_np(&impossible), 0);
  {
    ThreadPool pool(4);
    EXPECT_EQ(pool.size(), 1);
    int calls = 0;
    pool.run([&](int) { ++calls; });
    EXPECT_EQ(calls, 1);
  }
  EXPECT_EQ(pthread_setattr_default_np(&usual), 0);
}

TEST(ThreadPool, ForEachTakesEveryPositionOnce) {
  ThreadPool pool(4);
  for (const Index count : {0, 1, 3, 1000}) {
    std::vector<std::atomic<int>> taken(static_cast<std::size_t>(count));
    pool.for_each(count, [&](Index i) { ++taken.at(static_cast<std::size_t>(i)); });
    for (const auto& times : taken) ASSERT_EQ(times, 1);
  }
}

TEST(ThreadPool, ExceptionsComeBackAndThePoolStaysUsable) {
  ThreadPool pool(3);
  for (int thrower = 0; thrower < 3; ++thrower) {
    std::atomic<int> finished{0};
    const auto work = [&](int worker) {
      if (worker == thrower) throw std::runtime_error("worker failed");
      ++finished;
    };
    EXPECT_THROW(pool.run(work), std::runtime_error);
    EXPECT_EQ(finished, 2);
    EXPECT_NO_THROW(pool.run([](int) {}));
  }
  EXPECT_THROW(pool.run([](int) { throw std::runtime_error("all of them"); }), std::runtime_error);
  EXPECT_NO_THROW(pool.run([](int) {}));
}

TEST(ThreadPool, WhatOneSectionWritesTheNextReads) {
  ThreadPool pool(4);
  std::vector<Index> parts(4), sums(4);
  for (Index round = 1; round <= 200; ++round) {
    pool.run([&](int worker) { parts[static_cast<std::size_t>(worker)] = round * (worker + 1); });
    pool.run([&](int worker) {
      sums[static_cast<std::size_t>(worker)] =
          std::accumulate(parts.begin(), parts.end(), Index{0});
    });
    for (const Index sum : sums) ASSERT_EQ(sum, round * 10);
  }
}

TEST(ThreadPool, WakesWorkersThatWentToSleep) {
  ThreadPool pool(3);
  std::atomic<int> calls{0};
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    pool.run([&](int) { ++calls; });
  }
  EXPECT_EQ(calls, 15);
}

TEST(ThreadPool, ComesAndGoes) {
  for (int i = 0; i < 10; ++i) ThreadPool pool(4);
  std::atomic<int> calls{0};
  for (int i = 0; i < 10; ++i) ThreadPool(4).run([&](int) { ++calls; });
  EXPECT_EQ(calls, 40);
}

// The threads are asleep, and the pool's end follows its last section while they wake.
TEST(ThreadPool, GoesWhileItsThreadsWake) {
  for (int i = 0; i < 6000; ++i) {
    std::atomic<int> calls{0};
    {
      ThreadPool pool(3);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      for (int section = 0; section <= i % 2; ++section) pool.run([&](int) { ++calls; });
    }
    ASSERT_EQ(calls, i % 2 == 0 ? 3 : 6);
  }
}

TEST(ShareOf, PartsAreConsecutiveAlignedAndEven) {
  for (const Index count : {0, 1, 15, 16, 17, 1000}) {
    for (const int parts : {1, 2, 3, 7}) {
      for (const Index step : {1, 4, 12}) {
        Index at = 0, smallest = count, largest = 0;
        for (int part = 0; part < parts; ++part) {
          const Range share = share_of(count, part, parts, step);
          EXPECT_EQ(share.begin, at);
          EXPECT_TRUE(share.end % step == 0 || share.end == count);
          smallest = std::min(smallest, share.size());
          largest = std::max(largest, share.size());
          at = share.end;
        }
        EXPECT_EQ(at, count);
        EXPECT_LE(largest - smallest, 2 * step);
      }
    }
  }
}

}  // namespace
}  // namespace hourglass
