// The disk of a machine that loses its power: it works normally, and knows which files and names
// would still be there after a power cut.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "store/disk/disk.h"

namespace ci::test {

class PowerCutDisk : public store::Disk {
  public:
    /// Whether names and bytes reach the medium without fsync(), which a file system may choose.
    struct Habits {
        bool names = false, bytes = false;
    };
    struct Node {
        bool is_directory = false;
        std::string bytes, safe_bytes;
        std::map<std::string, std::shared_ptr<Node>> names, safe_names;
    };

    /// `base` is a directory that survives every power cut. `before` is called before each change.
    PowerCutDisk(std::filesystem::path base, Habits habits, std::function<void()> before)
        : base_(std::move(base)), habits_(habits), before_(std::move(before)) {
        root_->is_directory = true;
    }

    /// Writes the medium's contents below `place`. Called from `before`.
    void restore(const std::filesystem::path& place) const { restore(*root_, place); }
    /// The medium's contents as text, to tell whether they have changed.
    [[nodiscard]] std::string fingerprint() const {
        std::string text;
        describe(*root_, "", text);
        return text;
    }

    int open(const char* path, int flags, mode_t mode) override {
        const std::scoped_lock lock(mutex_);
        if ((flags & O_CREAT) != 0) before_();
        return opened(Disk::open(path, flags, mode), path, flags);
    }
    int open_below(const char* root, const char* relative, int flags, mode_t mode) override {
        const std::scoped_lock lock(mutex_);
        if ((flags & O_CREAT) != 0) before_();
        const auto path = std::filesystem::path(root) / relative;
        return opened(Disk::open_below(root, relative, flags, mode), path, flags);
    }
    ssize_t write(int descriptor, std::string_view bytes) override {
        const std::scoped_lock lock(mutex_);
        before_();
        const ssize_t n = Disk::write(descriptor, bytes);
        if (n > 0) {
            Node& node = *files_.at(descriptor);
            node.bytes += bytes.substr(0, static_cast<std::size_t>(n));
            if (habits_.bytes) node.safe_bytes = node.bytes;
        }
        return n;
    }
    int truncate(int descriptor, off_t size) override {
        const std::scoped_lock lock(mutex_);
        before_();
        files_.at(descriptor)->bytes.resize(static_cast<std::size_t>(size));
        return Disk::truncate(descriptor, size);
    }
    int sync(int descriptor) override {
        const std::scoped_lock lock(mutex_);
        before_();
        Node& node = *files_.at(descriptor);
        node.safe_bytes = node.bytes;
        return 0;
    }
    int sync_filesystem(int /*descriptor*/) override {
        const std::scoped_lock lock(mutex_);
        before_();
        save(*root_);
        return 0;
    }
    int sync_directory(const char* path) override {
        const std::scoped_lock lock(mutex_);
        before_();
        if (::access(path, F_OK) != 0) return -1;
        if (const auto node = find(path)) node->safe_names = node->names;
        return 0;
    }
    int rename(const char* from, const char* to) override {
        const std::scoped_lock lock(mutex_);
        before_();
        const int result = Disk::rename(from, to);
        if (result != 0) return result;
        const auto node = find(from);
        remove(from);
        add(to, node);
        return result;
    }
    int unlink(const char* path) override {
        const std::scoped_lock lock(mutex_);
        before_();
        const int result = Disk::unlink(path);
        if (result == 0) remove(path);
        return result;
    }
    int unlink_at(int directory, const char* name, int flags) override {
        const std::scoped_lock lock(mutex_);
        before_();
        const auto link = "/proc/self/fd/" + std::to_string(directory);
        const auto path = std::filesystem::read_symlink(link) / name;
        const int result = Disk::unlink_at(directory, name, flags);
        if (result == 0) remove(path);
        return result;
    }
    int mkdir(const char* path, mode_t mode) override {
        const std::scoped_lock lock(mutex_);
        before_();
        const int result = Disk::mkdir(path, mode);
        if (result != 0) return result;
        auto node = std::make_shared<Node>();
        node->is_directory = true;
        add(path, node);
        return result;
    }

  private:
    int opened(int descriptor, const std::filesystem::path& path, int flags) {
        if (descriptor < 0 || (flags & (O_PATH | O_DIRECTORY)) != 0) return descriptor;
        auto node = find(path);
        if (!node) add(path, node = std::make_shared<Node>());
        files_[descriptor] = node;
        return descriptor;
    }
    std::shared_ptr<Node> find(const std::filesystem::path& path) const {
        auto node = root_;
        for (const auto& name : path.lexically_relative(base_)) {
            if (name == ".") continue;
            const auto next = node->names.find(name);
            if (next == node->names.end()) return nullptr;
            node = next->second;
        }
        return node;
    }
    void add(const std::filesystem::path& path, const std::shared_ptr<Node>& node) {
        Node& parent = *find(path.parent_path());
        parent.names[path.filename()] = node;
        if (habits_.names) parent.safe_names = parent.names;
    }
    void remove(const std::filesystem::path& path) {
        Node& parent = *find(path.parent_path());
        parent.names.erase(path.filename());
        if (habits_.names) parent.safe_names = parent.names;
    }
    static void save(Node& node) {
        node.safe_bytes = node.bytes;
        node.safe_names = node.names;
        for (const auto& [name, child] : node.names) save(*child);
    }
    static void restore(const Node& node, const std::filesystem::path& place) {
        if (!node.is_directory) {
            std::ofstream(place, std::ios::binary) << node.safe_bytes;
            return;
        }
        std::filesystem::create_directories(place);
        for (const auto& [name, child] : node.safe_names) restore(*child, place / name);
    }
    static void describe(const Node& node, const std::string& name, std::string& text) {
        text.append(name).append(1, '\0').append(node.safe_bytes).append(1, '\0');
        for (const auto& [child_name, child] : node.safe_names) {
            describe(*child, name + "/" + child_name, text);
        }
    }

    std::filesystem::path base_;
    Habits habits_;
    std::function<void()> before_;
    std::mutex mutex_;
    std::shared_ptr<Node> root_ = std::make_shared<Node>();
    std::map<int, std::shared_ptr<Node>> files_;
};

}  // namespace ci::test
