%%% @doc As 4.2's. `pid://' means nothing to it. RabbitMQ's client of today has a module of that name
%%% itself, which cannot be there together with it: what that client calls is here as well.
-module(amqp_util).

-export([monitor_exchange/0
        ,targeted_exchange/0
        ,callevt_exchange/0
        ,bind_q_to_monitor/2
        ,bind_q_to_targeted/1
        ,bind_q_to_callevt/2
        ,new_queue/2
        ,basic_publish/5
        ]).
-export([call_timeout/0
        ,update_call_timeout/1
        ,safe_call_timeout/1
        ]).

monitor_exchange() -> ci_channel:exchange(<<"monitor">>, <<"topic">>).

targeted_exchange() -> ci_channel:exchange(<<"targeted">>, <<"direct">>).

callevt_exchange() -> ci_channel:exchange(<<"callevt">>, <<"topic">>).

bind_q_to_monitor(Queue, RoutingKey) -> ci_channel:bind(Queue, RoutingKey, <<"monitor">>).

bind_q_to_targeted(Queue) -> ci_channel:bind(Queue, Queue, <<"targeted">>).

bind_q_to_callevt(Queue, RoutingKey) -> ci_channel:bind(Queue, RoutingKey, <<"callevt">>).

new_queue(Queue, []) -> ci_channel:queue(Queue).

basic_publish(Exchange, RoutingKey, Payload, ContentType, Options) when is_list(Payload) ->
    basic_publish(Exchange, RoutingKey, iolist_to_binary(Payload), ContentType, Options);
basic_publish(Exchange, RoutingKey, <<_, _/binary>>=Payload, ContentType, Options)
  when is_binary(Exchange), is_binary(RoutingKey), is_binary(ContentType), is_list(Options) ->
    ci_channel:publish(Exchange, RoutingKey, Payload, ContentType, Options).

call_timeout() -> 60000.

update_call_timeout(_Ms) -> 'ok'.

safe_call_timeout(Ms) -> Ms.
