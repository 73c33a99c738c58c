%%% @doc Who asks Kazoo's inspectors, as Crossbar does, by RabbitMQ's own client.
-module(ci_asker).

-export([connect/1
        ,close/1
        ,queue/1
        ,publish/3
        ,publish_term/3
        ,publish_event/3
        ,next/1
        ]).

-include_lib("amqp_client/include/amqp_client.hrl").

%% @doc Answers come to the calling process.
connect(Port) ->
    case amqp_connection:start(#amqp_params_network{port=Port}) of
        {'ok', Connection} ->
            {'ok', Channel} = amqp_connection:open_channel(Connection),
            {'ok', {Connection, Channel, consume(Channel)}};
        {'error', _Reason}=Error -> Error
    end.

close({Connection, _Channel, _Queue}) ->
    catch amqp_connection:close(Connection),
    'ok'.

queue({_Connection, _Channel, Queue}) -> Queue.

publish(RoutingKey, Body, Asker) -> publish(RoutingKey, Body, <<"application/json">>, Asker).

publish_term(RoutingKey, Term, Asker) ->
    publish(RoutingKey, term_to_binary(Term), <<"application/erlang">>, Asker).

%% As ecallmgr does.
publish_event(RoutingKey, Body, Asker) ->
    publish(<<"callevt">>, RoutingKey, Body, <<"application/json">>, Asker).

publish(RoutingKey, Body, ContentType, Asker) ->
    publish(<<"monitor">>, RoutingKey, Body, ContentType, Asker).

publish(Exchange, RoutingKey, Body, ContentType, {_Connection, Channel, _Queue}) ->
    Publish = #'basic.publish'{exchange=Exchange, routing_key=RoutingKey},
    Props = #'P_basic'{content_type=ContentType},
    amqp_channel:call(Channel, Publish, #amqp_msg{props=Props, payload=Body}).

next(TimeoutMs) ->
    receive
        {#'basic.deliver'{}, #amqp_msg{props=#'P_basic'{headers=Headers}, payload=Body}} ->
            {'ok', Headers, Body}
    after TimeoutMs -> 'timeout'
    end.

consume(Channel) ->
    #'queue.declare_ok'{queue=Queue} = amqp_channel:call(Channel, #'queue.declare'{exclusive='true'}),
    _ = [#'exchange.declare_ok'{} =
             amqp_channel:call(Channel, #'exchange.declare'{exchange=Exchange, type=Type})
         || {Exchange, Type} <- [{<<"monitor">>, <<"topic">>}, {<<"callevt">>, <<"topic">>}, {<<"targeted">>, <<"direct">>}]
        ],
    Bind = #'queue.bind'{queue=Queue, exchange= <<"targeted">>, routing_key=Queue},
    #'queue.bind_ok'{} = amqp_channel:call(Channel, Bind),
    Consume = #'basic.consume'{queue=Queue, no_ack='true'},
    #'basic.consume_ok'{} = amqp_channel:subscribe(Channel, Consume, self()),
    receive #'basic.consume_ok'{} -> Queue end.
