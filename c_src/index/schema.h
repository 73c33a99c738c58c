// The tables of the index, and how a database that cannot be used is replaced. Everything in it can
// be made again from the calls' files, so nothing is ever converted.
#pragma once

#include <filesystem>
#include <string>

#include "index/database.h"
#include "store/disk/permissions.h"

namespace ci::index {

/// Kept in the database as user_version. Another one: the database is made anew. Change it with
/// the tables, and with what rows and keys are made of (calls/row.h, calls/key.h).
inline constexpr int schema_version = 3;

/// Opens the database for writing, or makes it. `rules` is what keys depend on: with others the
/// database is made anew. `is_new` tells that it is empty.
struct Opened {
    Database database;
    bool is_new = false;
};
[[nodiscard]] Opened open_for_writing(const std::filesystem::path& path, const std::string& rules,
                                      store::Group group = {});

/// Throws Failure if there is no database, or not one of this version.
[[nodiscard]] Database open_for_reading(const std::filesystem::path& path);

/// Removes the database with SQLite's files beside it.
void remove_database(const std::filesystem::path& path);

}  // namespace ci::index
