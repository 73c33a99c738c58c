%%% @doc The commands of `sup call_inspector_maintenance COMMAND'. Each command prints its text. Its
%%% return value becomes sup's exit code: `ok' (which sup prints) and `no_return' are 0, and
%%% `{no_return, N}' is N.
-module(call_inspector_maintenance).

-export([start_hep_parser/2, start_hep_parser/3, start_hep_parser/4
        ,start_kamailio_parser/3
        ,start_freeswitch_parser/3
        ,start_capture/1, start_capture/2, start_capture/3
        ,import_pcap/1, import_pcap/2
        ,list_active_parsers/0
        ,stop_active_parser/1
        ,parser_stats/0, parser_stats/1
        ,capture/1, capture/2
        ,capture_bad_msgs/1, capture_bad_msgs/2
        ]).
-export([callid_details/1
        ,inspect_call_id/1
        ,call_legs/1
        ,story/1
        ,call_details/1
        ,ladder/1, ladder/2, ladder/3, ladder/4
        ,ladder/5, ladder/6, ladder/7, ladder/8
        ,message/2
        ,diff/2, diff/3
        ,compare/1, compare/2
        ,export_pcap/2, export_pcap/3, export_pcap/4
        ,export_search/2, export_search/3, export_search/4, export_search/5
        ,call_legs_all/1
        ,call_details_all/1
        ,ladder_all/1, ladder_all/2, ladder_all/3, ladder_all/4
        ,ladder_all/5, ladder_all/6, ladder_all/7, ladder_all/8
        ,story_all/1
        ,message_all/2
        ,diff_all/2, diff_all/3
        ,compare_all/1, compare_all/2
        ,clocks/0
        ,doctor/0, doctor/1, doctor/2
        ,list_calls/0, list_calls/1
        ,search/1, search/2
        ,search_all/1, search_all/2
        ,calls/0, calls/1
        ,follow/1, follow/2
        ,follow_next/2
        ,rebuild_index/0
        ,pin/1
        ,trap/2, trap/3
        ,traps/0
        ,untrap/1
        ,unpin/1
        ,flush/0, flush/1
        ,store_stats/0
        ,amqp_stats/0
        ,import_kazoo/1
        ,export_kazoo/1
        ]).

-define(FOLLOW_EVERY_MS, 250).

-type result() :: 'ok' | 'no_return' | {'no_return', 1 | 2}.

-spec start_hep_parser(ci_words:input(), ci_words:input()) -> result().
start_hep_parser(IP, Port) -> run(['start_hep_parser', IP, Port]).

-spec start_hep_parser(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
start_hep_parser(IP, Port, Option) -> run(['start_hep_parser', IP, Port, Option]).

-spec start_hep_parser(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) ->
                              result().
start_hep_parser(IP, Port, Option1, Option2) ->
    run(['start_hep_parser', IP, Port, Option1, Option2]).

-spec start_kamailio_parser(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
start_kamailio_parser(Filename, LogIP, LogPort) ->
    run(['start_kamailio_parser', Filename, LogIP, LogPort]).

-spec start_freeswitch_parser(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
start_freeswitch_parser(Filename, LogIP, LogPort) ->
    run(['start_freeswitch_parser', Filename, LogIP, LogPort]).

-spec start_capture(ci_words:input()) -> result().
start_capture(Interface) -> run(['start_capture', Interface]).

-spec start_capture(ci_words:input(), ci_words:input()) -> result().
start_capture(Interface, Filter) -> run(['start_capture', Interface, Filter]).

-spec start_capture(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
start_capture(Interface, Filter, Hep) -> run(['start_capture', Interface, Filter, Hep]).

%% @doc Without a timeout, because a large file takes long.
-spec import_pcap(ci_words:input()) -> result().
import_pcap(File) -> report(call_inspector:command(['import_pcap', File], 'infinity')).

-spec import_pcap(ci_words:input(), ci_words:input()) -> result().
import_pcap(File, Hep) -> report(call_inspector:command(['import_pcap', File, Hep], 'infinity')).

%% @doc The active parsers, then the wanted ones that could not be started.
-spec list_active_parsers() -> result().
list_active_parsers() ->
    Result = run(['list_active_parsers']),
    _ = ['ok' = print(iolist_to_binary(["'", ci_words:visible(Id), "' failed: "
                                       ,ci_words:visible(Reason), "\n"
                                       ]))
         || {Id, Reason} <- ci_port:failed()
        ],
    Result.

-spec stop_active_parser(ci_words:input()) -> result().
stop_active_parser(Id) -> run(['stop_active_parser', Id]).

-spec parser_stats() -> result().
parser_stats() -> run(['parser_stats']).

-spec parser_stats(ci_words:input()) -> result().
parser_stats(Id) -> run(['parser_stats', Id]).

-spec capture(ci_words:input()) -> result().
capture(OnOffCheck) -> run(['capture', OnOffCheck]).

-spec capture(ci_words:input(), ci_words:input()) -> result().
capture(OnOffCheck, Id) -> run(['capture', OnOffCheck, Id]).

-spec capture_bad_msgs(ci_words:input()) -> result().
capture_bad_msgs(OnOffCheck) -> run(['capture_bad_msgs', OnOffCheck]).

-spec capture_bad_msgs(ci_words:input(), ci_words:input()) -> result().
capture_bad_msgs(OnOffCheck, Id) -> run(['capture_bad_msgs', OnOffCheck, Id]).

-spec callid_details(ci_words:input()) -> result().
callid_details(CallId) -> run(['callid_details', CallId]).

-spec inspect_call_id(ci_words:input()) -> result().
inspect_call_id(CallId) -> run(['inspect_call_id', CallId]).

-spec story(ci_words:input()) -> result().
story(CallId) -> run(['story', CallId]).

-spec call_legs(ci_words:input()) -> result().
call_legs(CallId) -> run(['call_legs', CallId]).

-spec call_details(ci_words:input()) -> result().
call_details(CallId) -> run(['call_details', CallId]).

%% What follows CallId: a width, and options.
-spec ladder(ci_words:input()) -> result().
ladder(CallId) -> run(['ladder', CallId]).

-spec ladder(ci_words:input(), ci_words:input()) -> result().
ladder(CallId, Option) -> run(['ladder', CallId, Option]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
ladder(CallId, Option1, Option2) -> run(['ladder', CallId, Option1, Option2]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) -> result().
ladder(CallId, Option1, Option2, Option3) -> run(['ladder', CallId, Option1, Option2, Option3]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input()
            ,ci_words:input(), ci_words:input()) ->
          result().
ladder(CallId, Option1, Option2, Option3, Option4) ->
    run(['ladder', CallId, Option1, Option2, Option3, Option4]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input()
            ,ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder(CallId, Option1, Option2, Option3, Option4, Option5) ->
    run(['ladder', CallId, Option1, Option2, Option3, Option4, Option5]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()
            ,ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder(CallId, Option1, Option2, Option3, Option4, Option5, Option6) ->
    run(['ladder', CallId, Option1, Option2, Option3, Option4, Option5, Option6]).

-spec ladder(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()
            ,ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder(CallId, Option1, Option2, Option3, Option4, Option5, Option6, Option7) ->
    run(['ladder', CallId, Option1, Option2, Option3, Option4, Option5, Option6, Option7]).

-spec message(ci_words:input(), ci_words:input()) -> result().
message(CallId, N) -> run(['message', CallId, N]).

-spec diff(ci_words:input(), ci_words:input()) -> result().
diff(CallId, N) -> run(['diff', CallId, N]).

-spec diff(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
diff(CallId, N, M) -> run(['diff', CallId, N, M]).

-spec compare(ci_words:input()) -> result().
compare(CallId) -> run(['compare', CallId]).

-spec compare(ci_words:input(), ci_words:input()) -> result().
compare(CallId, Other) -> run(['compare', CallId, Other]).

-spec export_pcap(ci_words:input(), ci_words:input()) -> result().
export_pcap(CallId, File) -> run(['export_pcap', CallId, File]).

-spec export_pcap(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
export_pcap(CallId, File, Option) -> run(['export_pcap', CallId, File, Option]).

-spec export_pcap(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) ->
                         result().
export_pcap(CallId, File, Option1, Option2) ->
    run(['export_pcap', CallId, File, Option1, Option2]).

%% What follows File: a number, and options.
-spec export_search(ci_words:input(), ci_words:input()) -> result().
export_search(Expression, File) -> run(['export_search', Expression, File]).

-spec export_search(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
export_search(Expression, File, Option) -> run(['export_search', Expression, File, Option]).

-spec export_search(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) ->
                           result().
export_search(Expression, File, Option1, Option2) ->
    run(['export_search', Expression, File, Option1, Option2]).

-spec export_search(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()
                   ,ci_words:input()) -> result().
export_search(Expression, File, N, Option1, Option2) ->
    run(['export_search', Expression, File, N, Option1, Option2]).

-spec call_legs_all(ci_words:input()) -> result().
call_legs_all(CallId) -> run(['call_legs_all', CallId]).

-spec call_details_all(ci_words:input()) -> result().
call_details_all(CallId) -> run(['call_details_all', CallId]).

-spec story_all(ci_words:input()) -> result().
story_all(CallId) -> run(['story_all', CallId]).

-spec message_all(ci_words:input(), ci_words:input()) -> result().
message_all(CallId, N) -> run(['message_all', CallId, N]).

-spec diff_all(ci_words:input(), ci_words:input()) -> result().
diff_all(CallId, N) -> run(['diff_all', CallId, N]).

-spec diff_all(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
diff_all(CallId, N, M) -> run(['diff_all', CallId, N, M]).

-spec compare_all(ci_words:input()) -> result().
compare_all(CallId) -> run(['compare_all', CallId]).

-spec compare_all(ci_words:input(), ci_words:input()) -> result().
compare_all(CallId, Other) -> run(['compare_all', CallId, Other]).

%% What follows CallId: a width, and options.
-spec ladder_all(ci_words:input()) -> result().
ladder_all(CallId) -> run(['ladder_all', CallId]).

-spec ladder_all(ci_words:input(), ci_words:input()) -> result().
ladder_all(CallId, Option) -> run(['ladder_all', CallId, Option]).

-spec ladder_all(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
ladder_all(CallId, Option1, Option2) -> run(['ladder_all', CallId, Option1, Option2]).

-spec ladder_all(ci_words:input(), ci_words:input()
                ,ci_words:input(), ci_words:input()) ->
          result().
ladder_all(CallId, Option1, Option2, Option3) ->
    run(['ladder_all', CallId, Option1, Option2, Option3]).

-spec ladder_all(ci_words:input(), ci_words:input(), ci_words:input()
                ,ci_words:input(), ci_words:input()) ->
          result().
ladder_all(CallId, Option1, Option2, Option3, Option4) ->
    run(['ladder_all', CallId, Option1, Option2, Option3, Option4]).

-spec ladder_all(ci_words:input(), ci_words:input(), ci_words:input()
                ,ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder_all(CallId, Option1, Option2, Option3, Option4, Option5) ->
    run(['ladder_all', CallId, Option1, Option2, Option3, Option4, Option5]).

-spec ladder_all(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()
                ,ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder_all(CallId, Option1, Option2, Option3, Option4, Option5, Option6) ->
    run(['ladder_all', CallId, Option1, Option2, Option3, Option4, Option5, Option6]).

-spec ladder_all(ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()
                ,ci_words:input(), ci_words:input(), ci_words:input(), ci_words:input()) ->
          result().
ladder_all(CallId, Option1, Option2, Option3, Option4, Option5, Option6, Option7) ->
    run(['ladder_all', CallId, Option1, Option2, Option3, Option4, Option5, Option6, Option7]).

-spec clocks() -> result().
clocks() -> run(['clocks']).

-spec doctor() -> result().
doctor() -> run(['doctor']).

-spec doctor(ci_words:input()) -> result().
doctor(Option) -> run(['doctor', Option]).

-spec doctor(ci_words:input(), ci_words:input()) -> result().
doctor(Option1, Option2) -> run(['doctor', Option1, Option2]).

-spec list_calls() -> result().
list_calls() -> run(['list_calls']).

-spec list_calls(ci_words:input()) -> result().
list_calls(N) -> run(['list_calls', N]).

-spec search(ci_words:input()) -> result().
search(Expression) -> run(['search', Expression]).

-spec search(ci_words:input(), ci_words:input()) -> result().
search(Expression, N) -> run(['search', Expression, N]).

-spec search_all(ci_words:input()) -> result().
search_all(Expression) -> run(['search_all', Expression]).

-spec search_all(ci_words:input(), ci_words:input()) -> result().
search_all(Expression, N) -> run(['search_all', Expression, N]).

-spec calls() -> result().
calls() -> run(['calls']).

-spec calls(ci_words:input()) -> result().
calls(N) -> run(['calls', N]).

%% @doc Prints until the time is over, or nobody reads it any more.
-spec follow(ci_words:input()) -> result().
follow(Expression) -> followed(Expression, call_inspector:command(['follow', Expression])).

-spec follow(ci_words:input(), ci_words:input()) -> result().
follow(Expression, Seconds) ->
    followed(Expression, call_inspector:command(['follow', Expression, Seconds])).

-spec follow_next(ci_words:input(), ci_words:input()) -> result().
follow_next(Cursor, Expression) -> run(['follow_next', Cursor, Expression]).

-spec rebuild_index() -> result().
rebuild_index() -> run(['rebuild_index']).

-spec pin(ci_words:input()) -> result().
pin(CallId) -> run(['pin', CallId]).

-spec unpin(ci_words:input()) -> result().
unpin(CallId) -> run(['unpin', CallId]).

-spec trap(ci_words:input(), ci_words:input()) -> result().
trap(Expression, Count) -> run(['trap', Expression, Count]).

-spec trap(ci_words:input(), ci_words:input(), ci_words:input()) -> result().
trap(Expression, Count, Seconds) -> run(['trap', Expression, Count, Seconds]).

-spec traps() -> result().
traps() -> run(['traps']).

-spec untrap(ci_words:input()) -> result().
untrap(Id) -> run(['untrap', Id]).

-spec flush() -> result().
flush() -> run(['flush']).

-spec flush(ci_words:input()) -> result().
flush(CallId) -> run(['flush', CallId]).

-spec store_stats() -> result().
store_stats() -> run(['store_stats']).

-spec amqp_stats() -> result().
amqp_stats() -> run(['amqp_stats']).

%% @doc Without a timeout, because a large import takes long.
-spec import_kazoo(ci_words:input()) -> result().
import_kazoo(Dir) -> report(call_inspector:command(['import_kazoo', Dir], 'infinity')).

%% @doc Without a timeout, because a large export takes long.
-spec export_kazoo(ci_words:input()) -> result().
export_kazoo(Dir) -> report(call_inspector:command(['export_kazoo', Dir], 'infinity')).

-spec followed(ci_words:input(), ci_port:answer()) -> result().
followed(Expression, {'ok', Begun}) ->
    [Cursor, Seconds] = binary:split(hd(binary:split(Begun, <<"\n">>)), <<" ">>),
    End = erlang:monotonic_time(1000) + 1000 * binary_to_integer(Seconds),
    Reader = erlang:monitor('process', group_leader()),
    Result = follow_on(Cursor, Expression, End, Reader),
    'true' = erlang:demonitor(Reader, ['flush']),
    Result;
followed(_Expression, Trouble) -> report(Trouble).

-spec follow_on(binary(), ci_words:input(), integer(), reference()) -> result().
follow_on(Cursor, Expression, End, Reader) ->
    case call_inspector:command(['follow_next', Cursor, Expression]) of
        {'ok', Text} ->
            [Next, Rows] = binary:split(Text, <<"\n">>),
            'ok' = print(Rows),
            IsOver = erlang:monotonic_time(1000) >= End,
            receive
                {'DOWN', Reader, 'process', _Pid, _Reason} -> 'no_return'
            after ?FOLLOW_EVERY_MS ->
                    case IsOver of
                        'true' -> 'no_return';
                        'false' -> follow_on(Next, Expression, End, Reader)
                    end
            end;
        Trouble -> report(Trouble)
    end.

-spec run([ci_words:input()]) -> result().
run(Inputs) -> report(call_inspector:command(Inputs)).

-spec report(ci_port:answer()) -> result().
report({'ok', <<"ok\n">>}) -> 'ok';
report({'ok', Text}) ->
    'ok' = print(Text),
    'no_return';
report({'error', {'usage', Text}}) ->
    'ok' = print(Text),
    {'no_return', 1};
report({'error', {'failed', Text}}) ->
    'ok' = print(Text),
    {'no_return', 2};
report({'error', Trouble}) ->
    Text = ["call_inspector is not answering: ", describe(Trouble), "\n"],
    'ok' = print(iolist_to_binary(Text)),
    {'no_return', 2}.

-spec describe('busy' | 'port_died' | 'timeout' | 'not_running') -> string().
describe('busy') -> "its program does not read requests";
describe('port_died') -> "its program stopped; it is started again unless the log says otherwise";
describe('timeout') -> "no answer in time";
describe('not_running') -> "the application is not running".

%% @doc `Text' is UTF-8 and must arrive as UTF-8: it is JSON for a pipe or a ladder for a terminal.
%% A Latin-1 device, such as an escript's (sup's) on most releases, writes a character up to 255 as
%% one byte and a higher one as \x{...}, but does not change bytes.
-spec print(binary()) -> 'ok'.
print(<<>>) -> 'ok';
print(Text) ->
    case encoding() of
        'latin1' -> file:write(group_leader(), Text);
        _Unicode -> io:put_chars(Text)
    end.

%% @doc The encoding of the group leader, which may be on another node. Not every device answers.
-spec encoding() -> any().
encoding() ->
    case io:getopts() of
        Options when is_list(Options) -> proplists:get_value('encoding', Options, 'unicode');
        _Error -> 'unicode'
    end.
