%%% @doc The list of wanted parsers: the configured ones, as changed since by the commands that
%%% start and stop parsers. Only the list is kept here, in the order of the wishes; ci_port starts
%%% these parsers each time the program starts.
-module(ci_state).

-behaviour(gen_server).

-export([start_link/0
        ,wanted/0
        ,want/2
        ,forget/1
        ,program/0
        ,program_is/1
        ]).
-export([init/1
        ,handle_call/3
        ,handle_cast/2
        ,handle_info/2
        ,terminate/2
        ,code_change/3
        ,format_status/2
        ]).
-export([parsers/1
        ,add/2
        ,remove/2
        ,allow/1
        ]).
-export_type([parser/0]).

-type id() :: binary(). % the program's name for the parser: <<"127.0.0.1:9060">>
-type words() :: [ci_words:word()]. % the command that starts the parser
-type parser() :: {id(), words()}.
-type refused() :: {any(), iolist()}. % an entry's name or number, and the reason

-record(state, {parsers = [] :: [parser()]
               ,program :: pos_integer() | 'undefined'
               }).

-spec start_link() -> {'ok', pid()} | {'error', any()}.
start_link() ->
    gen_server:start_link({'local', ?MODULE}, ?MODULE, [], []).

%% @doc The wanted parsers, in the order in which they are to be started.
-spec wanted() -> [parser()].
wanted() -> call('wanted').

%% @doc Adds the parser `Id', which the command `Words' starts.
-spec want(id(), words()) -> 'ok'.
want(Id, Words) -> call({'want', {Id, Words}}).

-spec forget(id()) -> 'ok'.
forget(Id) -> call({'forget', Id}).

%% @doc The OS process of the last program. The process may outlive its ci_port for a moment, and
%% holds the parsers' sockets until it exits.
-spec program() -> pos_integer() | 'undefined'.
program() -> call('program').

%% @doc Must be called with `undefined' once the program has exited, because the system reuses the
%% number.
-spec program_is(pos_integer() | 'undefined') -> 'ok'.
program_is(OsPid) -> gen_server:cast(?MODULE, {'program_is', OsPid}).

%% @doc If this server dies, the caller exits and its exit reason is logged. The reason must not
%% show the command, which may hold a key.
-spec call(any()) -> any().
call(Request) ->
    try gen_server:call(?MODULE, Request)
    catch
        'exit':{Reason, _Call} -> exit({?MODULE, ci_words:without_keys(Reason)})
    end.

-spec init([]) -> {'ok', #state{}}.
init([]) ->
    Parsers = lists:foldl(fun add_configured/2
                         ,[]
                         ,[ci_kazoo:startup_parsers()
                          ,application:get_env('call_inspector', 'startup_parsers', [])
                          ]
                         ),
    {'ok', #state{parsers=Parsers}}.

-spec add_configured(any(), [parser()]) -> [parser()].
add_configured(Entries, Before) ->
    {Parsers, Refused} = parsers(Entries),
    _ = [ci_log:log('error', "startup_parsers: ~tp does not start: ~ts", [Name, Reason])
         || {Name, Reason} <- Refused
        ],
    lists:foldl(fun add/2, Before, Parsers).

-spec handle_call(any(), {pid(), any()}, #state{}) -> {'reply', any(), #state{}}.
handle_call('wanted', _From, #state{parsers=Parsers}=State) ->
    {'reply', Parsers, State};
handle_call({'want', Parser}, _From, #state{parsers=Parsers}=State) ->
    {'reply', 'ok', State#state{parsers=add(Parser, Parsers)}};
handle_call({'forget', Id}, _From, #state{parsers=Parsers}=State) ->
    {'reply', 'ok', State#state{parsers=remove(Id, Parsers)}};
handle_call('program', _From, #state{program=OsPid}=State) ->
    {'reply', OsPid, State}.

-spec handle_cast(any(), #state{}) -> {'noreply', #state{}}.
handle_cast({'program_is', OsPid}, State) ->
    {'noreply', State#state{program=OsPid}}.

-spec handle_info(any(), #state{}) -> {'noreply', #state{}}.
handle_info(_Msg, State) -> {'noreply', State}.

-spec terminate(any(), #state{}) -> 'ok'.
terminate(_Reason, _State) -> 'ok'.

-spec code_change(any(), #state{}, any()) -> {'ok', #state{}}.
code_change(_OldVsn, State, _Extra) -> {'ok', State}.

%% @doc Hides parsers' keys.
-spec format_status('normal' | 'terminate', [any()]) -> any().
format_status(Why, [_Dictionary, State]) -> ci_words:status(Why, State).

%% @doc The configured parsers, and the invalid entries. An entry is `{Type, IP, Port}', or a
%% proplist or map with `type' and the settings of that type, or one of these with a name. A map of
%% names is read in the order of the names.
-spec parsers(any()) -> {[parser()], [refused()]}.
parsers(Entries) when is_map(Entries) ->
    parsers(lists:sort(maps:to_list(Entries)));
parsers(Entries) when is_list(Entries) ->
    lists:foldl(fun add_entry/2, {[], []}, lists:zip(lists:seq(1, length(Entries)), Entries));
parsers(_Entries) -> {[], [{'startup_parsers', "neither a list nor a map"}]}.

-spec add_entry({pos_integer(), any()}, {[parser()], [refused()]}) -> {[parser()], [refused()]}.
add_entry({Number, Entry}, {Parsers, Refused}) ->
    {Name, Settings} = named(Number, Entry),
    case parser(Settings) of
        {'ok', Parser} -> {add(Parser, Parsers), Refused};
        {'error', Reason} -> {Parsers, Refused ++ [{Name, Reason}]}
    end.

-spec named(pos_integer(), any()) -> {any(), any()}.
named(Number, {Type, IP, Port}) ->
    {Number, [{'type', Type}, {'ip', IP}, {'port', Port}]};
named(_Number, {Name, Settings}) -> {Name, Settings};
named(Number, Settings) -> {Number, Settings}.

-spec parser(any()) -> {'ok', parser()} | {'error', iolist()}.
parser(Settings) when is_map(Settings) -> parser(maps:to_list(Settings));
parser([{_, _} | _]=Settings) ->
    try {'ok', parser(setting("type", Settings), Settings)}
    catch
        'throw':{'bad', Reason} -> {'error', Reason}
    end;
parser(_Settings) -> {'error', "no settings"}.

-spec parser(binary(), [any()]) -> parser().
parser(<<"hep">>, Settings) ->
    IP = setting("ip", Settings),
    Port = port(Settings),
    {id(IP, Port), [<<"start_hep_parser">>, IP, Port | options(Settings)]};
parser(<<"capture">>, Settings) ->
    Interface = setting("interface", Settings),
    Filter = [setting("filter", Settings) || find("filter", Settings) =/= 'error'],
    Hep = [<<"hep">> || is_true("hep", Settings)],
    {<<"capture:", Interface/binary>>, [<<"start_capture">>, Interface] ++ Filter ++ Hep};
parser(<<"km_log">>, Settings) -> log_parser(<<"start_kamailio_parser">>, Settings);
parser(<<"fs_log">>, Settings) -> log_parser(<<"start_freeswitch_parser">>, Settings);
parser(Type, _Settings) -> throw({'bad', io_lib:format("there is no type ~tp", [Type])}).

%% @doc The id of a log parser is its file.
-spec log_parser(binary(), [any()]) -> parser().
log_parser(Command, Settings) ->
    File = setting("logfile", Settings),
    {File, [Command, File, setting("ip", Settings), port(Settings)]}.

-spec setting(string(), [any()]) -> binary().
setting(Key, Settings) ->
    case find(Key, Settings) of
        {'ok', Value} ->
            case ci_words:word(Value) of
                {'ok', <<_, _/binary>>=Word} -> Word;
                _Bad -> throw({'bad', [Key, " is neither text nor a number"]})
            end;
        'error' -> throw({'bad', [Key, " is missing"]})
    end.

-spec is_true(string(), [any()]) -> boolean().
is_true(Key, Settings) ->
    case find(Key, Settings) of
        {'ok', Is} when is_boolean(Is) -> Is;
        {'ok', _Other} -> throw({'bad', [Key, ": neither true nor false"]});
        'error' -> 'false'
    end.

-spec port([any()]) -> binary().
port(Settings) ->
    Word = setting("port", Settings),
    try binary_to_integer(Word) of
        Port when Port > 0, Port < 65536 -> integer_to_binary(Port);
        _TooLarge -> throw({'bad', io_lib:format("~tp is no port", [Word])})
    catch
        'error':'badarg' -> throw({'bad', io_lib:format("~tp is no port", [Word])})
    end.

%% @doc An invalid value becomes a word that the program refuses, because a parser that was meant to
%% be restricted must not be open to all.
-spec options([any()]) -> words().
options(Entry) ->
    Options = [case Key of
                   "allow" -> allow(Value);
                   "auth_key" -> word("auth_key=", Value)
               end
               || Key <- ["allow", "auth_key"],
                  {'ok', Value} <- [find(Key, Entry)]
              ],
    {'ok', Words} = ci_words:words(Options),
    Words.

%% @doc The program's word for the networks, given as a list of texts or as one text with commas.
-spec allow(any()) -> any().
allow([Network | _]=Networks) when is_list(Network); is_binary(Network) ->
    case ci_words:words(Networks) of
        {'ok', Words} -> iolist_to_binary(["allow=" | lists:join(",", Words)]);
        {'error', _Bad} -> 'allow'
    end;
allow(Networks) -> word("allow=", Networks).

-spec word(string(), any()) -> any().
word(Prefix, Value) ->
    case ci_words:word(Value) of
        {'ok', Word} -> iolist_to_binary([Prefix, Word]);
        {'error', _Bad} -> list_to_atom(lists:droplast(Prefix))
    end.

-spec find(string(), [any()]) -> {'ok', any()} | 'error'.
find(Key, Entry) ->
    Keys = [list_to_atom(Key), list_to_binary(Key), Key],
    case [Value || {K, Value} <- Entry, lists:member(K, Keys)] of
        [Value | _] -> {'ok', Value};
        [] -> 'error'
    end.

%% @doc The id as the program writes it, so that a configured parser equals a started one.
-spec id(binary(), binary()) -> id().
id(<<"tls:", Host/binary>>, Port) ->
    <<"tls:", (id(Host, Port))/binary>>;
id(Host, Port) ->
    case inet:parse_strict_address(binary_to_list(Host)) of
        {'ok', Address} when tuple_size(Address) =:= 8 ->
            iolist_to_binary(["[", inet:ntoa(Address), "]:", Port]);
        _Other -> <<Host/binary, ":", Port/binary>>
    end.

%% @doc Each parser once, at the place of its first wish.
-spec add(parser(), [parser()]) -> [parser()].
add({Id, Words}=Parser, Parsers) ->
    IsOther = fun({OtherId, OtherWords}) -> OtherId =/= Id andalso OtherWords =/= Words end,
    case lists:splitwith(IsOther, Parsers) of
        {Before, []} -> Before ++ [Parser];
        {Before, [_Same | After]} -> Before ++ [Parser | lists:filter(IsOther, After)]
    end.

-spec remove(id(), [parser()]) -> [parser()].
remove(Id, Parsers) -> lists:keydelete(Id, 1, Parsers).
