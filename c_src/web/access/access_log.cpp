#include "web/access/access_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ci::web {
namespace {

/// Leaves in `octets` what could not be written.
bool write_all(int file, std::string_view& octets) {
    while (!octets.empty()) {
        const ssize_t size = ::write(file, octets.data(), octets.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

/// Of a run that was killed, or whose disk was full.
bool ends_within_a_line(int file) {
    struct stat about {};
    if (::fstat(file, &about) != 0 || about.st_size == 0) return false;
    char last = '\n';
    return ::pread(file, &last, 1, about.st_size - 1) == 1 && last != '\n';
}

}  // namespace

AccessLog::AccessLog(std::filesystem::path path, Complaint complain)
    : path_(std::move(path)), complain_(std::move(complain)) {
    const std::string why = open();
    if (!why.empty()) throw std::runtime_error(why);
    thread_ = std::thread([this] { run(); });
}

AccessLog::~AccessLog() {
    {
        const os::MutexLock lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void AccessLog::add(std::string line) {
    {
        const os::MutexLock lock(mutex_);
        if (waiting_.size() >= most_waiting) {
            ++lost_;
            return;
        }
        waiting_.push_back(std::move(line));
    }
    changed_.notify_one();
}

/// Why not; empty: done.
std::string AccessLog::open() {
    file_ = os::Descriptor(
        ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600));
    if (!file_.is_open()) return path_.string() + ": " + std::system_category().message(errno);
    is_torn_ = ends_within_a_line(file_.get());
    return {};
}

/// Not if it was rotated: then another file has its name, or none.
bool AccessLog::is_still_there() const {
    struct stat named {
    }, held{};
    return file_.is_open() && ::fstat(file_.get(), &held) == 0 &&
           ::stat(path_.c_str(), &named) == 0 && named.st_ino == held.st_ino &&
           named.st_dev == held.st_dev;
}

void AccessLog::run() {
    while (true) {
        Lines lines;
        {
            os::MutexLock lock(mutex_);
            changed_.wait(lock,
                          [this]() REQUIRES(mutex_) { return is_ending_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            lines.swap(waiting_);
        }
        write(lines);
    }
}

void AccessLog::write(const Lines& lines) {
    if (!is_still_there()) {
        const std::string why = open();
        if (!why.empty()) {
            lost_ += lines.size();
            return note(why);
        }
    }
    for (const std::string& line : lines) {
        // What is left of a line that did not fit ends here.
        const std::string whole = (is_torn_ ? "\n" : "") + line + "\n";
        std::string_view rest = whole;
        const bool is_written = write_all(file_.get(), rest);
        if (rest.size() < whole.size()) is_torn_ = whole[whole.size() - rest.size() - 1] != '\n';
        if (is_written) {
            note({});
        } else {
            ++lost_;
            note(path_.string() + ": " + std::system_category().message(errno));
        }
    }
}

void AccessLog::note(const std::string& trouble) {
    if (trouble == trouble_) return;
    trouble_ = trouble;
    complain_(trouble.empty() ? path_.string() + ": the access log can be written again"
                              : "the access log cannot be written: " + trouble);
}

}  // namespace ci::web
