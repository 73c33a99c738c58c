#include "support/places.h"

namespace ci::test {

std::string source(const std::string& name) {
    return SOURCE_DIR "/" + name;
}

std::string data(const std::string& name) {
    return source("tests/data/" + name);
}

}  // namespace ci::test
