#include "cli/print.h"

#include <iostream>

#include "wire/visible.h"

namespace ci::cli {

void complain(std::string_view what) {
    std::cerr << "call_inspector: " << wire::visible_line(what) << std::endl;
}

bool print(std::string text) {
    std::cout << wire::visible(std::move(text)) << std::flush;
    return bool(std::cout);
}

bool print_coloured(const std::string& text) {
    std::cout << wire::visible_coloured(text) << std::flush;
    return bool(std::cout);
}

void print_error(std::string text) {
    std::cerr << wire::visible(std::move(text)) << std::flush;
}

}  // namespace ci::cli
