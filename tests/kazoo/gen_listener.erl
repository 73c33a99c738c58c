%%% @doc As Kazoo's, in what a listener with bindings and without responders sees of it: its queue,
%%% bound by kapi modules, and each message that comes out of it. The broker's port is the
%%% environment's. What Kazoo logs as a crash is counted: crashes/0.
-module(gen_listener).

-behaviour(gen_server).

-export([start_link/4
        ,routing_key_used/1
        ]).
-export([init/1
        ,handle_call/3
        ,handle_cast/2
        ,handle_info/2
        ,terminate/2
        ]).
-export([crashes/0]).

-include_lib("amqp_client/include/amqp_client.hrl").
-include("kazoo_version.hrl").

-define(RETRY_MS, 100).

-record(state, {module, module_state, event_arity, bindings, queue, connection}).

%% The other clause of Kazoo's takes a module, and registers no name.
start_link(Name, Module, Params, InitArgs) when is_atom(Module), is_list(Params), is_list(InitArgs) ->
    gen_server:start_link(Name, ?MODULE, [Module, Params, InitArgs], []).

routing_key_used(#'basic.deliver'{routing_key=RoutingKey}) -> RoutingKey.

%% Why, of each.
crashes() -> application:get_env('call_inspector', 'test_crashes', []).

init([Module, Params, InitArgs]) ->
    _ = process_flag('trap_exit', 'true'),
    {'ok', ModuleState} = Module:init(InitArgs),
    _ = self() ! 'connect',
    [{'handle_event', Arity} | _] = % the fewest arguments of those that there are
        lists:keysort(2, [Export || {'handle_event', _}=Export <- Module:module_info('exports')]),
    {'ok', #state{module=Module
                 ,module_state=ModuleState
                 ,event_arity=Arity
                 ,bindings=proplists:get_value('bindings', Params)
                 }}.

handle_call(Request, From, #state{module=Module, module_state=ModuleState}=State) ->
    {'reply', Reply, NewState} = Module:handle_call(Request, From, ModuleState),
    {'reply', Reply, State#state{module_state=NewState}}.

handle_cast(Msg, #state{module=Module, module_state=ModuleState}=State) ->
    {'noreply', NewState} = Module:handle_cast(Msg, ModuleState),
    {'noreply', State#state{module_state=NewState}}.

handle_info('connect', State) ->
    {'noreply', connect(State)};
handle_info({'DOWN', _Ref, 'process', Pid, _Reason}, #state{connection=Pid}=State) ->
    _ = erase('channel'),
    {'noreply', connect(lost_channel(State))};
handle_info(#'basic.consume_ok'{}, State) ->
    'ok' = gen_server:cast(self(), {?MODULE, {'is_consuming', 'true'}}),
    {'noreply', State};
handle_info({#'basic.deliver'{}=Deliver, #amqp_msg{props=Basic, payload=Payload}}, State) ->
    {'noreply', distribute(decode(Payload, Basic), Deliver, Basic, State)};
handle_info(Msg, #state{module=Module, module_state=ModuleState}=State) ->
    {'noreply', NewState} = Module:handle_info(Msg, ModuleState),
    {'noreply', State#state{module_state=NewState}}.

terminate(Reason, #state{module=Module, module_state=ModuleState}) ->
    _ = (catch Module:terminate(Reason, ModuleState)),
    'ok'.

-ifdef(KAZOO_4_2).
decode(Payload, #'P_basic'{content_type= <<"application/json">>}) -> kz_json:decode(Payload);
decode(Payload, #'P_basic'{content_type= <<"application/erlang">>}) -> binary_to_term(Payload).

second_argument(Deliver, _Basic, _State) -> Deliver.

distribute(JObj, Deliver, Basic, State) -> callback(JObj, Deliver, Basic, State).

%% It is not told; queue and consumer are declared again from a history.
lost_channel(State) -> State.

queue_name(#state{queue='undefined'}) -> new_name();
queue_name(#state{queue=Queue}) -> Queue.

tell_queue(Queue, #state{queue='undefined'}) -> created(Queue);
tell_queue(_Queue, _State) -> 'ok'.
-else.
decode(Payload, #'P_basic'{content_encoding= <<"gzip">>}=Basic) ->
    decode(zlib:gunzip(Payload), Basic#'P_basic'{content_encoding='undefined'});
decode(Payload, #'P_basic'{content_type= <<"application/json">>}) -> kz_json:decode(Payload);
decode(Payload, #'P_basic'{content_type= <<"application/erlang">>}) -> binary_to_term(Payload).

second_argument(Deliver, Basic, #state{queue=Queue}) ->
    [{'queue', Queue}
    ,{'basic', Basic}
    ,{'deliver', Deliver}
    ,{'other_queues', []}
    ].

%% What is for a process behind this queue is not for the listener.
distribute(JObj, Deliver, #'P_basic'{headers=Headers}=Basic, State) when is_list(Headers) ->
    case lists:keymember(<<"Deliver-To-PID">>, 1, Headers) of
        'true' -> State;
        'false' -> callback(JObj, Deliver, Basic, State)
    end;
distribute(JObj, Deliver, Basic, State) -> callback(JObj, Deliver, Basic, State).

lost_channel(State) ->
    'ok' = gen_server:cast(self(), {?MODULE, {'is_consuming', 'false'}}),
    State.

queue_name(_State) -> new_name().

tell_queue(Queue, _State) -> created(Queue).
-endif.

%% What fails is logged, with all of the state, and the message goes to the responders.
callback(JObj, Deliver, Basic, #state{module=Module, module_state=ModuleState}=State) ->
    Args = case State#state.event_arity of
               2 -> [JObj, ModuleState];
               3 -> [JObj, second_argument(Deliver, Basic, State), ModuleState];
               4 -> [JObj, Deliver, Basic, ModuleState] % 4.2 has it
           end,
    case catch apply(Module, 'handle_event', Args) of
        'ignore' -> State;
        {'ignore', NewState} -> State#state{module_state=NewState};
        {'EXIT', Why} ->
            'ok' = application:set_env('call_inspector', 'test_crashes', [Why | crashes()]),
            State
    end.

connect(State) ->
    {'ok', Port} = application:get_env('call_inspector', 'test_broker'),
    case amqp_connection:start(#amqp_params_network{port=Port}) of
        {'ok', Connection} ->
            _ = monitor('process', Connection),
            {'ok', Channel} = amqp_connection:open_channel(Connection),
            _ = put('channel', Channel),
            consume(Channel, State#state{connection=Connection});
        {'error', _Reason} ->
            _ = erlang:send_after(?RETRY_MS, self(), 'connect'),
            State
    end.

%% The consumer is there before the bindings are, and both before anybody is told.
consume(Channel, #state{bindings=Bindings}=State) ->
    Queue = ?AMQP_UTIL:new_queue(queue_name(State), []),
    Consume = #'basic.consume'{queue=Queue, no_ack='true', exclusive='true'},
    #'basic.consume_ok'{} = amqp_channel:subscribe(Channel, Consume, self()),
    _ = [begin
             Kapi = list_to_atom("kapi_" ++ atom_to_list(Binding)),
             'ok' = Kapi:declare_exchanges(),
             'ok' = Kapi:bind_q(Queue, Props)
         end
         || {Binding, Props} <- Bindings
        ],
    'ok' = tell_queue(Queue, State),
    State#state{queue=Queue}.

created(Queue) -> gen_server:cast(self(), {?MODULE, {'created_queue', Queue}}).

new_name() ->
    Random = integer_to_list(rand:uniform(1 bsl 32), 16),
    iolist_to_binary(io_lib:format("~s-~p-~s", [node(), self(), Random])).
