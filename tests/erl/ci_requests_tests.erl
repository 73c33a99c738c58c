-module(ci_requests_tests).

-include_lib("eunit/include/eunit.hrl").

asked(Askers) -> lists:foldl(fun ci_requests:made/2, ci_requests:none(), Askers).

each_request_has_a_number_test() ->
    Requests = asked(['a', 'b']),
    ?assertEqual(3, ci_requests:next(Requests)),
    ?assertEqual(['a', 'b'], ci_requests:askers(Requests)).

an_answer_goes_to_who_asked_and_comes_once_test() ->
    {'whole', 'a', {'ok', <<"one">>}, Left} = ci_requests:answered(1, {'ok', <<"one">>}, asked(['a', 'b'])),
    ?assertEqual(['b'], ci_requests:askers(Left)),
    ?assertNot(ci_requests:is_waiting(1, Left)),
    ?assert(ci_requests:is_waiting(2, Left)),
    ?assertEqual('error', ci_requests:answered(1, {'ok', <<"one">>}, Left)).

pieces_wait_for_the_rest_test() ->
    {'part', Begun} = ci_requests:answered(1, {'more', <<"a">>}, asked(['a'])),
    ?assert(ci_requests:is_waiting(1, Begun)),
    ?assertMatch({'whole', 'a', {'ok', <<"ab">>}, _}, ci_requests:answered(1, {'ok', <<"b">>}, Begun)),
    ?assertMatch({'whole', 'a', {'ok', <<"b">>}, _}
                ,ci_requests:answered(1, {'ok', <<"b">>}, ci_requests:without_answers(Begun))).

what_is_no_answer_is_an_error_test_() ->
    [?_assertEqual('error', ci_requests:answered(1, Mad, asked(['a'])))
     || Mad <- ['mad', {'more', 7}, {'ok', 7}, {'error', 'mad'}]
    ].
