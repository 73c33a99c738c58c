-module(port_terms_tests).

-include_lib("eunit/include/eunit.hrl").

%% The C++ side of the same cases: tests/unit/erlang/port_terms_test.cpp.
golden_test_() ->
    [{binary_to_list(Title), ?_assertEqual(Term, binary_to_term(Bytes, ['safe']))}
     || {Title, Term, Bytes} <- ci_test_data:golden()
    ].

there_are_cases_test() ->
    ?assert(length(ci_test_data:golden()) > 15).
