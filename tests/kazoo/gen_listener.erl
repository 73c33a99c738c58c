%%% @doc As Kazoo's: a queue of its own, bound by kapi modules, that comes back under its name when
%%% the broker does. The broker's port is the environment's.
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

-include_lib("amqp_client/include/amqp_client.hrl").

-callback init(any()) -> {'ok', any()}.
-callback handle_event(any(), #'basic.deliver'{}, any()) -> 'ignore' | {'ignore', any()}.

-define(RETRY_MS, 100).

-record(state, {module, module_state, bindings, queue, connection}).

start_link({'local', _}=Name, Module, Params, Args) ->
    gen_server:start_link(Name, ?MODULE, [Module, Params, Args], []).

routing_key_used(#'basic.deliver'{routing_key=RoutingKey}) -> RoutingKey.

init([Module, Params, Args]) ->
    _ = process_flag('trap_exit', 'true'),
    {'ok', ModuleState} = Module:init(Args),
    _ = self() ! 'connect',
    {'ok', #state{module=Module
                 ,module_state=ModuleState
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
    {'noreply', connect(State)};
handle_info(#'basic.consume_ok'{}, State) ->
    'ok' = gen_server:cast(self(), {?MODULE, {'is_consuming', 'true'}}),
    {'noreply', State};
handle_info({#'basic.deliver'{}=Deliver, #amqp_msg{payload=Payload}}
           ,#state{module=Module, module_state=ModuleState}=State) ->
    'ignore' = Module:handle_event(kz_json:decode(Payload), Deliver, ModuleState),
    {'noreply', State};
handle_info({'EXIT', _Pid, _Reason}, State) ->
    {'noreply', State};
handle_info(Msg, #state{module=Module, module_state=ModuleState}=State) ->
    {'noreply', NewState} = Module:handle_info(Msg, ModuleState),
    {'noreply', State#state{module_state=NewState}}.

terminate(Reason, #state{module=Module, module_state=ModuleState}) ->
    Module:terminate(Reason, ModuleState).

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

consume(Channel, #state{queue=Before, bindings=Bindings}=State) ->
    Queue = kz_amqp_util:new_queue(name(Before), []),
    _ = [begin
             Kapi = list_to_atom("kapi_" ++ atom_to_list(Binding)),
             'ok' = Kapi:declare_exchanges(),
             'ok' = Kapi:bind_q(Queue, Props)
         end
         || {Binding, Props} <- Bindings
        ],
    _ = Before =:= 'undefined' andalso
        gen_server:cast(self(), {?MODULE, {'created_queue', Queue}}),
    Consume = #'basic.consume'{queue=Queue, no_ack='true', exclusive='true'},
    #'basic.consume_ok'{} = amqp_channel:subscribe(Channel, Consume, self()),
    State#state{queue=Queue}.

name('undefined') ->
    Random = integer_to_list(rand:uniform(1 bsl 32), 16),
    iolist_to_binary(io_lib:format("~s-~p-~s", [node(), self(), Random]));
name(Queue) -> Queue.
