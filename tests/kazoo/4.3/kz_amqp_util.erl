%%% @doc As that of 4.3 and 5, which takes a `pid://' apart itself.
-module(kz_amqp_util).

-export([monitor_exchange/0
        ,targeted_exchange/0
        ,callevt_exchange/0
        ,bind_q_to_monitor/2
        ,bind_q_to_targeted/1
        ,bind_q_to_callevt/2
        ,new_queue/2
        ,basic_publish/5
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
basic_publish(Exchange, <<"pid://", _/binary>>=RoutingKey, Payload, ContentType, Options) ->
    {'match', [Pid, Queue]} = re:run(RoutingKey, "pid://(.*)/(.*)", [{'capture', [1, 2], 'binary'}]),
    Header = {<<"Deliver-To-PID">>, 'binary', Pid},
    basic_publish(Exchange, Queue, Payload, ContentType, [{'headers', [Header]} | Options]);
basic_publish(Exchange, RoutingKey, <<_, _/binary>>=Payload, ContentType, Options)
  when is_binary(Exchange), is_binary(RoutingKey), is_binary(ContentType), is_list(Options) ->
    ci_channel:publish(Exchange, RoutingKey, Payload, ContentType, Options).
