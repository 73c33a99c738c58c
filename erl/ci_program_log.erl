%%% @doc Passes the program's lines to the log. Of a burst only some lines a second are shown, and a
%%% program that sends far more than that is broken.
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
-define(LINE_BYTES, 8192). % shown of one line, because formatting needs a hundred times its memory

-type log() :: {integer(), non_neg_integer(), non_neg_integer()}. % start; lines, bytes since then

-spec none() -> log().
none() -> {erlang:monotonic_time(1000), 0, 0}.

%% @doc `Now' is in milliseconds. `too_much': the program is broken.
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
