// Connections for questions, which threads take in turn. The file may be replaced while questions
// are answered from the old one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "index/schema.h"
#include "os/mutex.h"

namespace ci::index {

class Readers {
  public:
    explicit Readers(std::filesystem::path path) : path_(std::move(path)) {}

    /// Calls `ask` with a connection. Throws what `ask` throws, and Failure if there is no
    /// database.
    template <class Ask>
    auto with(Ask ask) {
        Open open = take();
        const Return back(*this, open);
        return ask(*open.database);
    }

    /// Replaces the file by `change` while nobody opens it. Later questions are asked of the new
    /// one.
    void replace(const std::function<void()>& change) {
        const os::MutexLock lock(mutex_);
        change();
        ++generation_;
        idle_.clear();
    }

  private:
    struct Open {
        std::unique_ptr<Database> database;
        std::uint64_t generation = 0;
    };
    struct Return {
        Return(Readers& readers, Open& open) : readers_(readers), open_(open) {}
        ~Return() { readers_.put_back(std::move(open_)); }
        Return(const Return&) = delete;
        Return& operator=(const Return&) = delete;

      private:
        Readers& readers_;
        Open& open_;
    };

    Open take() {
        const os::MutexLock lock(mutex_);
        if (!idle_.empty()) {
            Open open{std::move(idle_.back()), generation_};
            idle_.pop_back();
            return open;
        }
        return {std::make_unique<Database>(open_for_reading(path_)), generation_};
    }
    void put_back(Open open) {
        const os::MutexLock lock(mutex_);
        if (open.generation == generation_) idle_.push_back(std::move(open.database));
    }

    const std::filesystem::path path_;
    os::Mutex mutex_;
    std::uint64_t generation_ GUARDED_BY(mutex_) = 0;
    std::vector<std::unique_ptr<Database>> idle_ GUARDED_BY(mutex_);
};

}  // namespace ci::index
