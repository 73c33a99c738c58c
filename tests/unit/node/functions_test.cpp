#include "node/functions.h"

#include <gtest/gtest.h>

namespace ci::node {
namespace {

using erlang::TermWriter;
using erlang::Value;
using Words = std::vector<std::string>;

const erlang::Self this_node{"inspector@host", 9};

std::string term_in(const TermWriter& term) {
    return std::string(term.bytes().substr(1));
}
/// A list of binaries.
std::string binaries(const Words& words) {
    TermWriter out;
    if (!words.empty()) out.list(static_cast<int>(words.size()));
    for (const auto& word : words) out.binary(word);
    return term_in(out.nil());
}

Meaning of(std::string module, std::string name, std::string arguments) {
    erlang::Function function{std::move(module), std::move(name), std::move(arguments)};
    return meaning_of(function, this_node);
}
Meaning command(std::string name, const Words& words) {
    return of("call_inspector_maintenance", std::move(name), binaries(words));
}

TEST(Functions, CommandsAreThere) {
    const auto meaning = command("callid_details", {"a b"});
    EXPECT_EQ(meaning.kind, Meaning::Kind::command);
    EXPECT_EQ(meaning.words, (Words{"callid_details", "a b"}));
    EXPECT_EQ(command("flush", {}).words, Words{"flush"});
}

TEST(Functions, AWrongNumberOfArgumentsIsAnotherFunction) {
    for (const auto& meaning :
         {command("callid_details", {}), command("callid_details", {"a", "b"}),
          command("start_hep_parser", {"a"}), command("nothing", {}),
          of("os", "cmd", binaries({"id"})), of("ladder", "ladder", binaries({"x"}))}) {
        EXPECT_EQ(meaning.kind, Meaning::Kind::answer);
        EXPECT_EQ(meaning.value.kind, Value::Kind::undef);
    }
}

TEST(Functions, WhatSupWrapsIsUnwrappedOnce) {
    const auto wrapped = [](bool has_name, std::string_view module) {
        TermWriter out;
        if (has_name) out.list(1).atom("sup_1");
        out.list(3).atom(module).atom("ladder").raw(binaries({"x"})).nil();
        return term_in(out);
    };
    for (const bool has_name : {false, true}) {  // Kazoo before 4.2, and since
        erlang::Function function{"sup", "in_kazoo",
                                  wrapped(has_name, "call_inspector_maintenance")};
        EXPECT_EQ(meaning_of(function, this_node).words, (Words{"ladder", "x"}));
        EXPECT_EQ(function.module, "call_inspector_maintenance");
    }
    erlang::Function function{"sup", "in_kazoo", wrapped(true, "os")};
    EXPECT_EQ(meaning_of(function, this_node).value.kind, Value::Kind::undef);
    EXPECT_EQ(function.name, "ladder") << "the stack names what is not there";
}

TEST(Functions, AnArgumentThatIsNoTextIsABadOne) {
    TermWriter tuple;
    const auto meaning =
        of("call_inspector_maintenance", "ladder", term_in(tuple.list(1).tuple(0).nil()));
    EXPECT_EQ(meaning.value.kind, Value::Kind::error);
    EXPECT_EQ(meaning.value.term, "badarg");
}

TEST(Functions, HarmlessQuestionsAreAnswered) {
    TermWriter none, truth, exists, lacks, name;
    EXPECT_EQ(of("erlang", "node", term_in(none.nil())).value.term,
              term_in(name.atom("inspector@host")));
    exists.list(3).atom("call_inspector_maintenance").atom("ladder").number(1).nil();
    EXPECT_EQ(of("erlang", "function_exported", term_in(exists)).value.term,
              term_in(truth.atom("true")));
    lacks.list(3).atom("call_inspector_maintenance").atom("ladder").number(9).nil();
    TermWriter untruth;
    EXPECT_EQ(of("erlang", "function_exported", term_in(lacks)).value.term,
              term_in(untruth.atom("false")));
    TermWriter exports, empty;
    const auto answer = of("call_inspector_maintenance", "module_info",
                           term_in(exports.list(1).atom("exports").nil()));
    const auto all = erlang::list_of(answer.value.term);
    ASSERT_TRUE(all);
    EXPECT_GT(all->size(), 30U);
    EXPECT_EQ(of("os", "module_info", term_in(empty.nil())).value.kind, Value::Kind::undef);
}

}  // namespace
}  // namespace ci::node
