%%% @doc As Kazoo 4.3's: who calls has a channel. `pid://' means nothing to it.
-module(kz_amqp_util).

-export([monitor_exchange/0
        ,targeted_exchange/0
        ,bind_q_to_monitor/2
        ,bind_q_to_targeted/1
        ,new_queue/2
        ,basic_publish/5
        ]).

-include_lib("amqp_client/include/amqp_client.hrl").

monitor_exchange() -> declare(<<"monitor">>, <<"topic">>).

targeted_exchange() -> declare(<<"targeted">>, <<"direct">>).

declare(Exchange, Type) ->
    #'exchange.declare_ok'{} =
        amqp_channel:call(get('channel'), #'exchange.declare'{exchange=Exchange, type=Type}),
    'ok'.

bind_q_to_monitor(Queue, RoutingKey) -> bind(Queue, RoutingKey, <<"monitor">>).

bind_q_to_targeted(Queue) -> bind(Queue, Queue, <<"targeted">>).

bind(Queue, RoutingKey, Exchange) ->
    Bind = #'queue.bind'{queue=Queue, exchange=Exchange, routing_key=RoutingKey},
    #'queue.bind_ok'{} = amqp_channel:call(get('channel'), Bind),
    'ok'.

new_queue(Queue, []) ->
    Declare = #'queue.declare'{queue=Queue
                              ,auto_delete='true'
                              ,arguments=[{<<"x-message-ttl">>, 'signedint', 60000}
                                         ,{<<"x-max-length">>, 'short', 100}
                                         ]
                              },
    #'queue.declare_ok'{} = amqp_channel:call(get('channel'), Declare),
    Queue.

%% Without a channel it is dropped.
basic_publish(Exchange, RoutingKey, Payload, ContentType, Options)
  when is_binary(Exchange), is_binary(RoutingKey), is_binary(Payload) ->
    Props = #'P_basic'{content_type=ContentType
                      ,headers=proplists:get_value('headers', Options)
                      ,timestamp=erlang:system_time('microsecond')
                      },
    Publish = #'basic.publish'{exchange=Exchange, routing_key=RoutingKey},
    _ = [amqp_channel:call(Channel, Publish, #amqp_msg{props=Props, payload=Payload})
         || Channel <- [get('channel')], is_pid(Channel)
        ],
    'ok'.
