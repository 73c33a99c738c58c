%%% @doc The program as an OS process, and its arguments from the application's environment
%%% (docs/erlang.md).
-module(ci_program).

-export([path/0
        ,open/0
        ,os_pid/1
        ,await_hello/1
        ,deliver/2
        ,await_exit/1
        ,describe/1
        ]).

-define(PROTOCOL, 2).
-define(HELLO_MS, 5000).
-define(MAX_REQUEST, 64 * 1024 * 1024). % the program hangs up on a larger one
-define(EXIT_MS, 2000). % the program exits within this time
-define(POLL_MS, 20).

-spec open() -> port().
open() ->
    open_port({'spawn_executable', path()}
             ,[{'args', args()}
              ,{'env', env()}
              ,'stream' % ci_frames
              ,'binary'
              ,'exit_status'
              ,'use_stdio'
              ]).

-spec os_pid(port()) -> pos_integer() | 'undefined'.
os_pid(Port) ->
    case erlang:port_info(Port, 'os_pid') of
        {'os_pid', OsPid} -> OsPid;
        'undefined' -> 'undefined'
    end.

%% @doc Waits for the program's first frame. Also returns the whole frames that came with it, which
%% can be log lines, and the unfinished one.
-spec await_hello(port()) -> {'ok', pos_integer(), [binary()], ci_frames:frames()} | {'error', any()}.
await_hello(Port) -> await_hello(Port, ci_frames:none(), erlang:monotonic_time(1000) + ?HELLO_MS).

-spec await_hello(port(), ci_frames:frames(), integer()) ->
                         {'ok', pos_integer(), [binary()], ci_frames:frames()} | {'error', any()}.
await_hello(Port, Frames, Deadline) ->
    receive
        {Port, {'data', Bytes}} ->
            case ci_frames:add(Bytes, Frames) of
                {'ok', [], More} -> await_hello(Port, More, Deadline);
                {'ok', [Frame | Others], More} -> hello(ci_frames:term(Frame), Others, More);
                'too_large' -> {'error', {'not_our_program', path()}}
            end;
        {Port, {'exit_status', Status}} -> {'error', {'program_exited', describe(Status)}};
        {'EXIT', Port, Reason} -> {'error', {'port_closed', Reason}}
    after max(0, Deadline - erlang:monotonic_time(1000)) -> {'error', {'no_hello_from', path()}}
    end.

-spec hello({'ok', any()} | 'error', [binary()], ci_frames:frames()) ->
                   {'ok', pos_integer(), [binary()], ci_frames:frames()} | {'error', any()}.
hello({'ok', {'hello', {?PROTOCOL, OsPid}}}, Others, Frames) when is_integer(OsPid), OsPid > 0 ->
    {'ok', OsPid, Others, Frames};
hello(_Other, _Others, _Frames) -> {'error', {'not_our_program', path()}}.

%% @doc Does not wait for a full pipe: a hung program must not hang us.
-spec deliver(port(), binary()) -> 'ok' | {'error', any()}.
deliver(_Port, Request) when byte_size(Request) > ?MAX_REQUEST ->
    {'error', {'usage', <<"the request is too large\n">>}};
deliver(Port, Request) ->
    try erlang:port_command(Port, [<<(byte_size(Request)):32>>, Request], ['nosuspend']) of
        'true' -> 'ok';
        'false' -> {'error', 'busy'}
    catch
        'error':'badarg' -> {'error', 'port_died'} % the port's last message has not arrived yet
    end.

%% @doc Waits until the process has exited, and kills it after ?EXIT_MS.
-spec await_exit(pos_integer() | 'undefined') -> 'ok'.
await_exit('undefined') -> 'ok';
await_exit(OsPid) -> await_exit(OsPid, ?EXIT_MS div ?POLL_MS).

-spec await_exit(pos_integer(), non_neg_integer()) -> 'ok'.
await_exit(OsPid, Polls) ->
    case {signal("-0", OsPid), Polls} of
        {'gone', _Polls} -> 'ok';
        {'delivered', 0} ->
            ci_log:log('error', "process ~b does not exit: killed", [OsPid]),
            _ = signal("-9", OsPid),
            'ok';
        {'delivered', _Polls} ->
            receive after ?POLL_MS -> await_exit(OsPid, Polls - 1) end
    end.

-spec signal(string(), pos_integer()) -> 'delivered' | 'gone'.
signal(Signal, OsPid) ->
    case os:cmd("kill " ++ Signal ++ " " ++ integer_to_list(OsPid) ++ " 2>&1") of
        "" -> 'delivered';
        _NoSuchProcess -> 'gone'
    end.

%% @doc An exit status above 128 is a signal, as in a shell.
-spec describe(non_neg_integer()) -> {'signal' | 'status', non_neg_integer()}.
describe(Status) when Status > 128 -> {'signal', Status - 128};
describe(Status) -> {'status', Status}.

-spec args() -> [file:filename_all()].
args() ->
    ["port" | root_args() ++ tls_args() ++ allow_args() ++ mask_args() ++ index_args() ++ web_args()
         ++ connection_args() ++ gather_args()
         ++ named_args('store', "--store") ++ named_args('logs', "--logs")
         ++ named_args('hosts', "--hosts") ++ named_args('legs', "--legs")
         ++ named_args('findings', "--findings")
         ++ host_args('carriers', "--carriers") ++ host_args('phones', "--phones")
    ].

-spec root_args() -> [file:filename_all()].
root_args() ->
    case application:get_env('call_inspector', 'root', 'undefined') of
        'undefined' -> [];
        Root -> ["--root", Root]
    end.

%% @doc Arguments from `{tls, [{certificate, Path}, {key, Path}, {client_ca, Path}]}' or a map.
-spec tls_args() -> [file:filename_all()].
tls_args() ->
    Files = case application:get_env('call_inspector', 'tls', []) of
                Map when is_map(Map) -> maps:to_list(Map);
                List -> List
            end,
    lists:append([[Option, Path] || {Key, Option} <- [{'certificate', "--tls-certificate"}
                                                     ,{'key', "--tls-key"}
                                                     ,{'client_ca', "--tls-client-ca"}
                                                     ],
                                    {File, Path} <- Files,
                                    File =:= Key
                 ]).

-spec allow_args() -> [string() | binary()].
allow_args() ->
    case application:get_env('call_inspector', 'allow', []) of
        [] -> [];
        Networks ->
            % Crashes on a bad value, which must not open the parsers to all.
            <<"allow=", Value/binary>> = ci_state:allow(Networks),
            ["--allow", Value]
    end.

%% @doc A value other than `true' or `false' crashes, so that nothing starts: private data must not
%% be written by mistake.
-spec mask_args() -> [string()].
mask_args() ->
    lists:append([[Option, on_off(IsOn)]
                  || {Key, Option} <- [{'mask_credentials', "--mask-credentials"}
                                      ,{'mask_bodies', "--mask-bodies"}
                                      ],
                     {'ok', IsOn} <- [application:get_env('call_inspector', Key)]
                 ]).

-spec connection_args() -> [string()].
connection_args() ->
    case application:get_env('call_inspector', 'max_connections') of
        'undefined' -> [];
        {'ok', Count} -> ["--max-connections", integer_to_list(Count)]
    end.

-spec index_args() -> [file:filename_all()].
index_args() ->
    IsOn = application:get_env('call_inspector', 'index', 'true'),
    ["--index", on_off(IsOn)
     | case application:get_env('call_inspector', 'index_directory', 'undefined') of
           'undefined' -> [];
           Directory -> ["--index-directory", Directory]
       end
    ].

%% @doc Arguments from `"127.0.0.1:8070"', or from `[{listen, Address}, {names, [Name]}, {pages, Directory},
%% {certificate, File}, {key, File}, {tokens, File}, {access_log, File}]' or a map.
-spec web_args() -> [file:filename_all()].
web_args() ->
    case application:get_env('call_inspector', 'web', 'off') of
        'off' -> [];
        Map when is_map(Map) -> web_args(maps:to_list(Map));
        [{_, _} | _]=List -> web_args(List);
        Address -> web_args([{'listen', Address}])
    end.

-spec web_args([{atom(), any()}]) -> [file:filename_all()].
web_args(Settings) ->
    Names = [["--web-name", Name] || Name <- proplists:get_value('names', Settings, [])],
    lists:append([[Option, Value] || {Key, Option} <- [{'listen', "--web"}, {'pages', "--web-pages"}
                                                      ,{'certificate', "--web-certificate"}, {'key', "--web-key"}
                                                      ,{'tokens', "--web-tokens"}
                                                      ,{'access_log', "--web-access-log"}
                                                      ],
                                     {Set, Value} <- Settings,
                                     Set =:= Key
                 ] ++ Names).

-spec gather_args() -> [string()].
gather_args() ->
    case application:get_env('call_inspector', 'gather_ms') of
        'undefined' -> [];
        {'ok', Ms} -> ["--amqp-gather-ms", integer_to_list(Ms)]
    end.

%% @doc Arguments from `{store, [{keep, "30d"}, {keep_bytes, "50G"}]}', or from a map. The program
%% refuses to start with an unknown setting.
-spec named_args('store' | 'logs' | 'hosts' | 'legs' | 'findings', string()) -> [string() | binary()].
named_args(Key, Option) ->
    Settings = case application:get_env('call_inspector', Key, []) of
                   Map when is_map(Map) -> lists:sort(maps:to_list(Map));
                   List -> List
               end,
    lists:append([[Option, named_arg(Name, Value)] || {Name, Value} <- Settings]).

-spec named_arg(ci_words:input(), ci_words:input() | [ci_words:input()]) -> binary().
named_arg(Name, Value) ->
    {'ok', [NameWord]} = ci_words:words([Name]),
    <<NameWord/binary, "=", (list_arg(Value))/binary>>.

%% @doc A word, or several words with commas between them.
-spec list_arg(ci_words:input() | [ci_words:input()]) -> binary().
list_arg([First | _]=List) when not is_integer(First) ->
    {'ok', Words} = ci_words:words(List),
    iolist_to_binary(lists:join($,, Words));
list_arg(Value) ->
    {'ok', [Word]} = ci_words:words([Value]),
    Word.

%% @doc Hosts of one kind: `{carriers, ["sbc", "203.0.113.0/24"]}'.
-spec host_args('carriers' | 'phones', string()) -> [string() | binary()].
host_args(Key, Option) ->
    case application:get_env('call_inspector', Key, []) of
        [] -> [];
        Hosts -> [Option, list_arg(Hosts)]
    end.

-spec on_off(boolean()) -> string().
on_off('true') -> "on";
on_off('false') -> "off".

%% @doc The key is not an argument, because everybody on the machine can see arguments.
-spec env() -> [{string(), string()}].
env() ->
    case application:get_env('call_inspector', 'auth_key', "") of
        "" -> [];
        Key -> [{"CALL_INSPECTOR_AUTH_KEY", unicode:characters_to_list(Key)}]
    end.

-spec path() -> file:filename_all().
path() ->
    case application:get_env('call_inspector', 'program', 'undefined') of
        'undefined' -> filename:join(code:priv_dir('call_inspector'), "call_inspector");
        Program -> Program
    end.
