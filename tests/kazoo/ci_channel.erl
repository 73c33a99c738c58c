%%% @doc What the stand-ins of amqp_util (4.2) and kz_amqp_util (4.3 and later) have in common: who
%%% calls has a channel.
-module(ci_channel).

-export([exchange/2
        ,bind/3
        ,queue/1
        ,publish/5
        ]).

-include_lib("amqp_client/include/amqp_client.hrl").

exchange(Exchange, Type) ->
    #'exchange.declare_ok'{} =
        amqp_channel:call(get('channel'), #'exchange.declare'{exchange=Exchange, type=Type}),
    'ok'.

bind(Queue, RoutingKey, Exchange) ->
    Bind = #'queue.bind'{queue=Queue, exchange=Exchange, routing_key=RoutingKey},
    #'queue.bind_ok'{} = amqp_channel:call(get('channel'), Bind),
    'ok'.

queue(Queue) ->
    Declare = #'queue.declare'{queue=Queue
                              ,auto_delete='true'
                              ,arguments=[{<<"x-message-ttl">>, 'signedint', 60000}
                                         ,{<<"x-max-length">>, 'short', 100}
                                         ]
                              },
    #'queue.declare_ok'{} = amqp_channel:call(get('channel'), Declare),
    Queue.

%% Without a channel it is dropped.
publish(Exchange, RoutingKey, Payload, ContentType, Options) ->
    Props = #'P_basic'{content_type=ContentType
                      ,headers=proplists:get_value('headers', Options)
                      ,timestamp=erlang:system_time('microsecond')
                      },
    Publish = #'basic.publish'{exchange=Exchange, routing_key=without_consumer(RoutingKey)},
    _ = [amqp_channel:call(Channel, Publish, #amqp_msg{props=Props, payload=Payload})
         || Channel <- [get('channel')], is_pid(Channel)
        ],
    'ok'.

%% kz_amqp_channel's part: `consumer://PID/KEY' is KEY on the channel of that process.
without_consumer(<<"consumer://", Rest/binary>>) ->
    {Slash, 1} = lists:last(binary:matches(Rest, <<"/">>)),
    _ = list_to_pid(binary_to_list(binary:part(Rest, 0, Slash))),
    binary:part(Rest, Slash + 1, byte_size(Rest) - Slash - 1);
without_consumer(RoutingKey) -> RoutingKey.
