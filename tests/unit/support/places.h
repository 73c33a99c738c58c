// Where the tests find their data, whatever directory they are run in.
#pragma once

#include <string>

namespace ci::test {

/// NAME below the tree that was built.
std::string source(const std::string& name);
/// NAME below its tests/data.
std::string data(const std::string& name);

}  // namespace ci::test
