-module(ci_frames_tests).

-include_lib("eunit/include/eunit.hrl").

frames_come_out_whole_wherever_they_were_cut_test() ->
    Frames = [<<"one">>, <<>>, binary:copy(<<"2">>, 1000), <<"three">>],
    Bytes = iolist_to_binary([[<<(byte_size(Frame)):32>>, Frame] || Frame <- Frames]),
    _ = [?assertEqual({Size, Frames}, {Size, cut(Bytes, Size)}) || Size <- [1, 2, 3, 5, 7, 999, 100000]].

cut(Bytes, Size) -> cut(Bytes, Size, ci_frames:none(), []).

cut(<<>>, _Size, _Left, Cut) -> lists:append(lists:reverse(Cut));
cut(Bytes, Size, Left, Cut) ->
    Some = binary:part(Bytes, 0, min(Size, byte_size(Bytes))),
    Rest = binary:part(Bytes, byte_size(Some), byte_size(Bytes) - byte_size(Some)),
    {'ok', Frames, Now} = ci_frames:add(Some, Left),
    cut(Rest, Size, Now, [Frames | Cut]).

a_length_is_not_believed_test() ->
    ?assertEqual('too_large', ci_frames:add(<<16#7fffffff:32, "x">>, ci_frames:none())),
    {'ok', [], Left} = ci_frames:add(<<16#7f, 16#ff, 16#ff>>, ci_frames:none()),
    ?assertEqual('too_large', ci_frames:add(<<16#ff>>, Left)).

only_what_is_small_and_known_is_a_term_test() ->
    ?assertEqual({'ok', {'resp', 1}}, ci_frames:term(term_to_binary({'resp', 1}))),
    Compressed = term_to_binary(binary:copy(<<0>>, 100000), ['compressed']),
    NewAtom = <<131, 100, 0, 5, "mad_5">>,
    _ = [?assertEqual('error', ci_frames:term(Bytes)) || Bytes <- [<<>>, <<"garbage">>, Compressed, NewAtom]].
