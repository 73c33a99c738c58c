%%% @doc What Kazoo offers, where it is there: its configuration, its JSON, its way to publish.
%%% Everything of Kazoo that this application calls is called here and in ci_listener, and only
%%% when the modules can be loaded; nothing of Kazoo is needed to compile. From 4.2 on; which
%%% names changed is told where they are used.
-module(ci_kazoo).

-export([is_here/0
        ,startup_parsers/0
        ,json/1
        ,routing_key/1
        ,publish/3
        ,call/3
        ]).

-define(CONFIG, <<"call_inspector">>). % system_config/call_inspector
-define(JSON_TYPE, <<"application/json">>).

%% @doc Whether requests can come by Kazoo's AMQP.
-spec is_here() -> boolean().
is_here() ->
    lists:all(fun is_loaded/1, ['gen_listener', 'kapi_self', 'kapi_inspector', 'kz_json'])
        andalso amqp_util() =/= 'undefined'.

%% @doc The configured parsers under their names, in the order of the names. None where there is
%% no Kazoo. A configuration that cannot be read must not keep what else there is from starting.
-spec startup_parsers() -> [{any(), any()}].
startup_parsers() ->
    try is_loaded('kapps_config') andalso is_loaded('kz_json') andalso configured()
    of
        'false' -> [];
        Entries -> Entries
    catch
        _Class:Reason ->
            ci_log:log('error', "Kazoo's configuration: ~tp", [ci_words:without_keys(Reason)]),
            []
    end.

-spec configured() -> [{any(), any()}].
configured() ->
    Parsers = call('kapps_config', 'get', [?CONFIG, <<"startup_parsers">>]),
    case call('kz_json', 'is_json_object', [Parsers]) of
        'true' -> lists:keysort(1, [{Name, entry(Value)} || {Name, Value} <- proplist(Parsers)]);
        'false' -> [] % as a rule: undefined
    end.

-spec entry(any()) -> any().
entry(Value) ->
    case call('kz_json', 'is_json_object', [Value]) of
        'true' -> proplist(Value);
        'false' -> Value
    end.

-spec proplist(any()) -> [{any(), any()}].
proplist(JObj) -> call('kz_json', 'to_proplist', [JObj]).

-spec json(any()) -> binary().
json(JObj) -> iolist_to_binary(call('kz_json', 'encode', [JObj])).

%% @doc Of the second argument of handle_event/3: 4.0 to 4.2 give the `#'basic.deliver'{}', later
%% ones a list with it, whose other elements are nobody's business here.
-spec routing_key(any()) -> binary().
routing_key(Props) when is_list(Props) ->
    {'deliver', Deliver} = lists:keyfind('deliver', 1, Props),
    routing_key(Deliver);
routing_key(Deliver) ->
    <<_/binary>> = call('gen_listener', 'routing_key_used', [Deliver]).

%% @doc From the listener's process: its channel is used. `Key' is a routing key, or what a
%% request had as its Server-ID. `ok', or what Kazoo says instead.
-spec publish(binary(), binary(), binary()) -> any().
publish(Exchange, Key, Body) ->
    {Route, Options} = route(Key),
    call(amqp_util(), 'basic_publish', [Exchange, Route, Body, ?JSON_TYPE, Options]).

%% @doc `pid://PID/QUEUE' asks for a header with the PID, for the queue's owner, who hands the
%% message over. 4.3 and 5 know it, 4.2 does not; none does behind `consumer://PID/', which is the
%% federator's: it names the connection to another zone's broker, and Kazoo takes it off itself.
-spec route(binary()) -> {binary(), [any()]}.
route(<<"consumer://", Rest/binary>>) ->
    [Consumer, Key] = binary:split(Rest, <<"/">>),
    {Route, Options} = route(Key),
    {<<"consumer://", Consumer/binary, "/", Route/binary>>, Options};
route(<<"pid://", Rest/binary>>) ->
    {'match', [Pid, Queue]} = re:run(Rest, "^(.*)/(.*)$", ['dotall', {'capture', [1, 2], 'binary'}]),
    {Queue, [{'headers', [{<<"Deliver-To-PID">>, 'binary', Pid}]}]};
route(Key) -> {Key, []}.

%% @doc Renamed on the way to 4.3.
-spec amqp_util() -> module() | 'undefined'.
amqp_util() ->
    case [Module || Module <- ['kz_amqp_util', 'amqp_util'],
                    is_loaded(Module),
                    erlang:function_exported(Module, 'basic_publish', 5)
         ]
    of
        [Module | _] -> Module;
        [] -> 'undefined'
    end.

%% @doc A call into Kazoo, which xref and dialyzer need not find.
-spec call(module(), atom(), [any()]) -> any().
call(Module, Function, Args) -> apply(Module, Function, Args).

-spec is_loaded(module()) -> boolean().
is_loaded(Module) -> code:ensure_loaded(Module) =:= {'module', Module}.
