#include "base/ordered_work.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hourglass {
namespace {

// Pieces 0 … count − 1, each worked on for a time that has nothing to do with its place in line.
struct Numbers {
  explicit Numbers(ThreadPool& pool) : in_place(static_cast<std::size_t>(places_for(pool))) {}

  OrderedWork work(int count) {
    return {
        .take =
            [this, count](int place) {
              if (taken == count) return false;
              in_place[static_cast<std::size_t>(place)] = taken++;
              return true;
            },
        .work =
            [this](int place, int) {
              const int number = in_place[static_cast<std::size_t>(place)];
              std::this_thread::sleep_for(std::chrono::microseconds(number * 37 % 11 * 20));
              if (number >= fails_from) throw std::runtime_error(std::to_string(number));
              in_place[static_cast<std::size_t>(place)] = number * number;
            },
        .hand_on =
            [this](int place) { handed_on.push_back(in_place[static_cast<std::size_t>(place)]); }};
  }

  std::vector<int> in_place;
  std::vector<int> handed_on;
  int taken = 0;
  int fails_from = 1 << 30;
};

TEST(OrderedWork, HandsEveryPieceOnInOrder) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (const int count : {0, 1, 2, 100}) {
      Numbers numbers(pool);
      run_in_order(pool, numbers.work(count));
      ASSERT_EQ(std::ssize(numbers.handed_on), count);
      for (int i = 0; i < count; ++i) {
        EXPECT_EQ(numbers.handed_on[static_cast<std::size_t>(i)], i * i) << threads;
      }
    }
  }
}

TEST(OrderedWork, TellsTheEarliestErrorWhateverTheThreads) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (int repetition = 0; repetition < 20; ++repetition) {
      Numbers numbers(pool);
      numbers.fails_from = 7;
      try {
        run_in_order(pool, numbers.work(100));
        ADD_FAILURE() << "no error";
      } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string(error.what()), "7") << threads;
      }
      EXPECT_EQ(numbers.handed_on.size(), 7U);
    }
  }
}

TEST(OrderedWork, StopsWhereTakingHandingOnOrTellingFails) {
  ThreadPool pool(3);
  const auto fail = [] { throw std::runtime_error("no"); };
  Numbers numbers(pool);
  OrderedWork taking = numbers.work(100);
  taking.take = [&](int) -> bool { throw std::runtime_error("no"); };
  EXPECT_THROW(run_in_order(pool, taking), std::runtime_error);
  EXPECT_TRUE(numbers.handed_on.empty());

  OrderedWork handing_on = numbers.work(100);
  handing_on.hand_on = [&](int) { fail(); };
  EXPECT_THROW(run_in_order(pool, handing_on), std::runtime_error);

  Numbers more(pool);
  OrderedWork telling = more.work(100);
  telling.tell = fail;
  EXPECT_THROW(run_in_order(pool, telling), std::runtime_error);
}

TEST(OrderedWork, TellsOnTheCallingThreadAlone) {
  ThreadPool pool(3);
  Numbers numbers(pool);
  OrderedWork work = numbers.work(50);
  const auto caller = std::this_thread::get_id();
  std::atomic<int> elsewhere{0};
  work.tell = [&] { elsewhere += std::this_thread::get_id() != caller; };
  run_in_order(pool, work);
  EXPECT_EQ(elsewhere, 0);
}

}  // namespace
}  // namespace hourglass
