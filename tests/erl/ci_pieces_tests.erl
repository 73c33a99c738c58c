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

too_much_is_an_error_and_nothing_is_kept_test() ->
    Large = binary:copy(<<0>>, 100 * 1024 * 1024),
    Pieces = lists:foldl(fun ci_pieces:add/2, ci_pieces:none(), [Large, Large, Large]),
    ?assertEqual('too_large', Pieces),
    ?assertEqual('too_large', ci_pieces:add(<<"more">>, Pieces)),
    ?assertMatch({'error', {'failed', _Text}}, ci_pieces:whole({'ok', <<"end">>}, Pieces)).
