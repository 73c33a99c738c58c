%%% @doc Which parsers are wanted: the configured ones, and what `start_hep_parser',
%%% `start_capture' and `stop_active_parser' made of them since. Only the wish is kept here, in the order of the
%%% wishes; ci_port makes the program follow it each time the program starts.
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

-type id() :: binary(). % the program's name for it: <<"127.0.0.1:9060">>
-type words() :: [ci_words:word()]. % the command that starts it
-type parser() :: {id(), words()}.

-record(state, {parsers = [] :: [parser()]
               ,program :: pos_integer() | 'undefined'
               }).

-spec start_link() -> {'ok', pid()} | {'error', any()}.
start_link() ->
    gen_server:start_link({'local', ?MODULE}, ?MODULE, [], []).

%% @doc In the order in which they are to be started.
-spec wanted() -> [parser()].
wanted() -> gen_server:call(?MODULE, 'wanted').

%% @doc The command `Words' is known to start the parser `Id'.
-spec want(id(), words()) -> 'ok'.
want(Id, Words) -> gen_server:call(?MODULE, {'want', {Id, Words}}).

-spec forget(id()) -> 'ok'.
forget(Id) -> gen_server:call(?MODULE, {'forget', Id}).

%% @doc The OS process of the last program. It may outlive its ci_port by a moment, and as long
%% as it does it holds the parsers' sockets.
-spec program() -> pos_integer() | 'undefined'.
program() -> gen_server:call(?MODULE, 'program').

%% @doc `undefined' once it has exited: the number may then name somebody else.
-spec program_is(pos_integer() | 'undefined') -> 'ok'.
program_is(OsPid) -> gen_server:cast(?MODULE, {'program_is', OsPid}).

-spec init([]) -> {'ok', #state{}}.
init([]) ->
    {Parsers, Refused} = parsers(application:get_env('call_inspector', 'startup_parsers', [])),
    _ = [ci_log:log('error', "startup_parsers: ~tp is no parser that can be started"
                   ,[ci_words:without_keys(Entry)]
                   )
         || Entry <- Refused
        ],
    {'ok', #state{parsers=Parsers}}.

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

%% @doc A parser's key is nobody's business. This form is known to every OTP there is.
-spec format_status('normal' | 'terminate', [any()]) -> any().
format_status('normal', [_Dictionary, State]) ->
    [{'data', [{"State", ci_words:without_keys(State)}]}];
format_status('terminate', [_Dictionary, State]) -> ci_words:without_keys(State).

%% @doc The configured parsers, and the entries that name none. An entry is `{Type, IP, Port}',
%% a proplist or map of `type', `ip' and `port', or of `type', `interface' and maybe `filter', or
%% such under a name; a map of names is taken in the order of the names.
-spec parsers(any()) -> {[parser()], [any()]}.
parsers(Entries) when is_map(Entries) ->
    parsers(lists:sort(maps:to_list(Entries)));
parsers(Entries) when is_list(Entries) ->
    lists:foldl(fun add_entry/2, {[], []}, Entries);
parsers(Entries) -> {[], [Entries]}.

-spec add_entry(any(), {[parser()], [any()]}) -> {[parser()], [any()]}.
add_entry(Entry, {Parsers, Refused}) ->
    case parser(Entry) of
        {'ok', Parser} -> {add(Parser, Parsers), Refused};
        'error' -> {Parsers, Refused ++ [Entry]}
    end.

-spec parser(any()) -> {'ok', parser()} | 'error'.
parser({Type, IP, Port}) -> parser(Type, IP, Port, []);
parser({_Name, Entry}) when is_list(Entry); is_map(Entry) -> parser(Entry);
parser(Entry) when is_map(Entry) -> parser(maps:to_list(Entry));
parser([_ | _]=Entry) ->
    case [find(Key, Entry) || Key <- ["type", "ip", "port"]] of
        [{'ok', Type}, {'ok', IP}, {'ok', Port}] -> parser(Type, IP, Port, options(Entry));
        _Incomplete -> capture([find(Key, Entry) || Key <- ["type", "interface", "filter"]])
    end;
parser(_Entry) -> 'error'.

-spec parser(any(), any(), any(), [any()]) -> {'ok', parser()} | 'error'.
parser(Type, IP, Port, Options) ->
    case ci_words:words([Type, IP, Port | Options]) of
        {'ok', [<<"hep">>, Host, PortWord | OptionWords]} ->
            {'ok', {id(Host, PortWord), [<<"start_hep_parser">>, Host, PortWord | OptionWords]}};
        _Other -> 'error'
    end.

-spec capture([{'ok', any()} | 'error']) -> {'ok', parser()} | 'error'.
capture([{'ok', Type}, {'ok', Interface} | MaybeFilter]) ->
    case ci_words:words([Type, Interface | [Filter || {'ok', Filter} <- MaybeFilter]]) of
        {'ok', [<<"capture">>, Name | Filter]} ->
            {'ok', {<<"capture:", Name/binary>>, [<<"start_capture">>, Name | Filter]}};
        _Other -> 'error'
    end;
capture(_Incomplete) -> 'error'.

%% @doc A value that cannot be right becomes a word that the program refuses: a parser that was
%% meant to be closed must not be open.
-spec options([any()]) -> [any()].
options(Entry) ->
    [case Key of
         "allow" -> allow(Value);
         "auth_key" -> word("auth_key=", Value)
     end
     || Key <- ["allow", "auth_key"],
        {'ok', Value} <- [find(Key, Entry)]
    ].

%% @doc The program's word for the networks: a list of texts, or one text with commas.
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

%% @doc The program's way to write it, so that the configured parser and the one that was started
%% are the same.
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
