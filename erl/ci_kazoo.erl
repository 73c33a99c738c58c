%%% @doc Kazoo's configuration, JSON and publishing, if Kazoo is there. Only this module and
%%% ci_listener call Kazoo, and only when its modules can be loaded; Kazoo is not needed to compile.
%%% Works from Kazoo 4.2 on; changed names are noted where they are used.
-module(ci_kazoo).

-export([is_here/0
        ,hears_calls/0
        ,startup_parsers/0
        ,json/1
        ,routing_key/1
        ,publish/3
        ,call/3
        ]).

-define(CONFIG, <<"call_inspector">>). % system_config/call_inspector
-define(JSON_TYPE, <<"application/json">>).

%% @doc Whether requests can come over Kazoo's AMQP.
-spec is_here() -> boolean().
is_here() ->
    lists:all(fun is_loaded/1, ['gen_listener', 'kapi_self', 'kapi_inspector', 'kz_json'])
        andalso amqp_util() =/= 'undefined'.

%% @doc Whether Kazoo's events of calls are wanted and can be heard. The configuration of either may
%% turn them off.
-spec hears_calls() -> boolean().
hears_calls() ->
    is_here()
        andalso is_loaded('kapi_call')
        andalso application:get_env('call_inspector', 'call_events', 'true') =:= 'true'
        andalso not is_turned_off(<<"call_events">>).

-spec is_turned_off(binary()) -> boolean().
is_turned_off(Key) ->
    try call('kapps_config', 'get', [?CONFIG, Key]) of
        IsOn -> lists:member(IsOn, ['false', <<"false">>])
    catch
        _Class:_Reason -> 'false' % without Kazoo's configuration nothing is
    end.

%% @doc The configured parsers with their names, in the order of the names; none without Kazoo. An
%% unreadable configuration must not keep the rest of the application from starting.
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
        'false' -> [] % usually undefined
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

%% @doc The routing key in the second argument of handle_event/3. Kazoo 4.0 to 4.2 give the
%% `#'basic.deliver'{}', later versions a list with it, whose other elements are not needed.
-spec routing_key(any()) -> binary().
routing_key(Props) when is_list(Props) ->
    {'deliver', Deliver} = lists:keyfind('deliver', 1, Props),
    routing_key(Deliver);
routing_key(Deliver) ->
    <<_/binary>> = call('gen_listener', 'routing_key_used', [Deliver]).

%% @doc Must be called by the listener's process, whose channel is used. `Key' is a routing key or a
%% request's Server-ID. Returns `ok', or Kazoo's error.
-spec publish(binary(), binary(), binary()) -> any().
publish(Exchange, Key, Body) ->
    {Route, Options} = route(Key),
    call(amqp_util(), 'basic_publish', [Exchange, Route, Body, ?JSON_TYPE, Options]).

%% @doc `pid://PID/QUEUE' asks for a header with the PID, by which the queue's owner passes the
%% message on. Kazoo 4.3 and 5 support `pid://', 4.2 does not. No version supports it behind
%% `consumer://PID/', which the federator adds: it names the connection to another zone's broker,
%% and Kazoo removes it.
-spec route(binary()) -> {binary(), [any()]}.
route(<<"consumer://", Rest/binary>>) ->
    [Consumer, Key] = binary:split(Rest, <<"/">>),
    {Route, Options} = route(Key),
    {<<"consumer://", Consumer/binary, "/", Route/binary>>, Options};
route(<<"pid://", Rest/binary>>) ->
    {'match', [Pid, Queue]} = re:run(Rest, "^(.*)/(.*)$", ['dotall', {'capture', [1, 2], 'binary'}]),
    {Queue, [{'headers', [{<<"Deliver-To-PID">>, 'binary', Pid}]}]};
route(Key) -> {Key, []}.

%% @doc The module was renamed in 4.3.
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

%% @doc Calls Kazoo in a way that xref and dialyzer do not follow.
-spec call(module(), atom(), [any()]) -> any().
call(Module, Function, Args) -> apply(Module, Function, Args).

-spec is_loaded(module()) -> boolean().
is_loaded(Module) -> code:ensure_loaded(Module) =:= {'module', Module}.
