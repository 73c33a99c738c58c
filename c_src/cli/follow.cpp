#include "cli/follow.h"

#include <thread>
#include <utility>

#include "cli/print.h"
#include "fronts/control_client.h"

namespace ci::cli {

int follow(const std::filesystem::path& socket, std::vector<std::string> words,
           commands::Following following) {
    using commands::Following;
    while (true) {
        commands::Outcome answer = fronts::ask(socket, words);
        const bool goes_on = following.take(answer, Following::Clock::now());
        if (answer.status != commands::Status::ok) {
            print_error(std::move(answer.text));
            return static_cast<int>(answer.status);
        }
        if (!print(std::move(answer.text))) return 2;
        if (!goes_on) return 0;
        std::this_thread::sleep_for(commands::between_questions);
        words = following.question();
    }
}

}  // namespace ci::cli
