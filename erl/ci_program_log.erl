%%% @doc The program's lines on their way to the log. Nobody reads more than some in a second, and no
%%% program that is well says so many that a node would have to hold them.
-module(ci_program_log).

-export([none/0
        ,line/4
        ,first_line/1
        ]).
-export_type([log/0]).

-define(SECOND_MS, 1000).
-define(SHOWN, 200). % lines in a second; the others are counted
-define(MOST, 10000). % lines in a second
-define(MOST_BYTES, 16 * 1024 * 1024). % likewise
-define(LINE_BYTES, 8192). % of one line are shown: what is made of a long one costs a hundred times it

-type log() :: {integer(), non_neg_integer(), non_neg_integer()}. % since when; lines and bytes since

-spec none() -> log().
none() -> {erlang:monotonic_time(1000), 0, 0}.

%% @doc `Now' in milliseconds. `too_much': it has gone mad.
-spec line(ci_log:level(), binary(), integer(), log()) -> {'ok', log()} | 'too_much'.
line(Level, Text, Now, {Since, Lines, _Bytes}) when Now >= Since + ?SECOND_MS ->
    _ = Lines > ?SHOWN
        andalso ci_log:log('warning', "~b lines of the program's left out", [Lines - ?SHOWN]),
    line(Level, Text, Now, {Now, 0, 0});
line(_Level, Text, _Now, {_Since, Lines, Bytes})
  when Lines >= ?MOST; Bytes + byte_size(Text) > ?MOST_BYTES -> 'too_much';
line(Level, Text, _Now, {Since, Lines, Bytes}) ->
    _ = Lines < ?SHOWN
        andalso ci_log:log(Level, "~ts", [first_line(Text)]),
    {'ok', {Since, Lines + 1, Bytes + byte_size(Text)}}.

-spec first_line(binary()) -> binary().
first_line(<<Begin:?LINE_BYTES/binary, _/binary>>) ->
    case binary:split(Begin, <<"\n">>) of
        [Line, _Rest] -> Line;
        [_] -> <<(whole_characters(Begin))/binary, " ...">>
    end;
first_line(Text) -> hd(binary:split(Text, <<"\n">>)).

-spec whole_characters(binary()) -> binary().
whole_characters(Text) ->
    case unicode:characters_to_binary(Text) of
        {'incomplete', Whole, _Cut} -> Whole;
        _AsItIs -> Text
    end.
