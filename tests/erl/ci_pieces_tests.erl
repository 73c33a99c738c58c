-module(ci_pieces_tests).

-include_lib("eunit/include/eunit.hrl").

an_answer_in_one_piece_is_itself_test() ->
    ?assertEqual({'ok', <<"all">>}, ci_pieces:whole({'ok', <<"all">>}, ci_pieces:none())).

pieces_come_out_in_the_order_they_came_in_test() ->
    Pieces = ci_pieces:add(<<"b">>, ci_pieces:add(<<"a">>, ci_pieces:none())),
    ?assertEqual({'ok', <<"abc">>}, ci_pieces:whole({'ok', <<"c">>}, Pieces)).

an_error_stays_one_test() ->
    Pieces = ci_pieces:add(<<"a">>, ci_pieces:none()),
    ?assertEqual({'error', 'busy'}, ci_pieces:whole({'error', 'busy'}, Pieces)).

too_much_is_an_error_and_nothing_is_kept_test_() -> {'timeout', 60, fun too_much/0}.

too_much() ->
    Large = binary:copy(<<0>>, 100 * 1024 * 1024),
    Pieces = lists:foldl(fun ci_pieces:add/2, ci_pieces:none(), [Large, Large, Large]),
    ?assertEqual('too_large', Pieces),
    ?assertEqual('too_large', ci_pieces:add(<<"more">>, Pieces)),
    ?assertMatch({'error', {'failed', _Text}}, ci_pieces:whole({'ok', <<"end">>}, Pieces)).

all_that_is_under_way_is_bounded_test_() -> {'timeout', 60, fun all_under_way/0}.

%% The same binary, so nothing is copied.
all_under_way() ->
    Large = binary:copy(<<0>>, 100 * 1024 * 1024),
    Add = fun(Id, All) -> ci_pieces:add(Id, Large, All) end,
    All = lists:foldl(Add, #{}, [1, 1, 2, 2, 3]),
    ?assertEqual(['too_large'], [maps:get(3, Add(3, All))]),
    ?assertMatch(#{1 := {_, [_, _]}, 2 := {_, [_, _]}, 3 := {_, [_]}}, All).
