%%% @doc Kazoo's AMQP: a gen_listener with its own queue, bound like that of Kazoo's own Call
%%% Inspector. The program interprets the messages: it gets each as JSON with its routing key, and
%%% says what to publish. Runs only if ci_kazoo:is_here/0.
%%%
%%% The behaviour is not declared: its module is absent at compile time, and handle_event/3 does not
%%% satisfy every version.
-module(ci_listener).

-export([start_link/0]).
-export([init/1
        ,handle_call/3
        ,handle_cast/2
        ,handle_info/2
        ,handle_event/3
        ,terminate/2
        ,code_change/3
        ]).

%% `inspector' is monitor/call_inspector.*: Kazoo's requests, and messages between inspectors.
%% `self' is targeted/QUEUE: answers to us.
-define(BINDINGS, [{'self', []}
                  ,{'inspector', ['federate']}
                  ]).
-define(RETRY_MS, 1000).
-define(PRESENT, <<"call_inspector.present">>).

-record(state, {queue :: binary() | 'undefined'
               ,is_consuming = 'false' :: boolean()
               ,has_complained = 'false' :: boolean() % a message that is not understood was logged
               }).

-spec start_link() -> {'ok', pid()} | 'ignore' | {'error', any()}.
start_link() ->
    Params = [{'bindings', ?BINDINGS}
             ,{'responders', []}
             ],
    ci_kazoo:call('gen_listener', 'start_link', [{'local', ?MODULE}, ?MODULE, Params, []]).

-spec init([]) -> {'ok', #state{}}.
init([]) -> {'ok', #state{}}.

-spec handle_call(any(), {pid(), any()}, #state{}) -> {'reply', any(), #state{}}.
handle_call(_Request, _From, State) -> {'reply', {'error', 'not_implemented'}, State}.

%% @doc When a connection is lost, Kazoo 4.3 and later report the loss and then a queue with another
%% name. Kazoo 4.2 declares the same queue again and only reports the consumer.
-spec handle_cast(any(), #state{}) -> {'noreply', #state{}}.
handle_cast({'gen_listener', {'created_queue', Queue}}, State) ->
    {'noreply', tell(State#state{queue=Queue})};
handle_cast({'gen_listener', {'is_consuming', IsConsuming}}, State) ->
    {'noreply', tell(State#state{is_consuming=IsConsuming})};
handle_cast(_Msg, State) -> {'noreply', State}.

-spec handle_info(any(), #state{}) -> {'noreply', #state{}}.
handle_info({'publish', {Exchange, Key, Body}}, State) ->
    'ok' = publish(Exchange, Key, Body),
    'ok' = ci_port:published(),
    {'noreply', State};
handle_info('tell', State) ->
    {'noreply', tell(State)};
handle_info(_Msg, State) -> {'noreply', State}.

%% @doc Exceptions are caught here, because Kazoo would log each with the whole message.
-spec handle_event(any(), any(), #state{}) -> 'ignore' | {'ignore', #state{}}.
handle_event(JObj, Delivery, State) ->
    try {ci_kazoo:routing_key(Delivery), ci_kazoo:json(JObj)} of
        {RoutingKey, Body} -> hand_over(RoutingKey, Body)
    catch
        _Class:Reason -> not_understood(Reason, State)
    end.

-spec hand_over(binary(), binary()) -> 'ignore'.
hand_over(RoutingKey, Body) ->
    case ci_port:amqp(RoutingKey, Body) of
        'ok' -> 'ignore';
        {'error', Trouble} ->
            ci_log:seldom('dropped', 'warning', "AMQP message dropped: ~tp", [Trouble]),
            'ignore'
    end.

%% @doc Only the first such message is logged; `amqp_stats' counts all.
-spec not_understood(any(), #state{}) -> {'ignore', #state{}}.
not_understood(Reason, #state{has_complained=HasComplained}=State) ->
    _ = ci_port:not_understood(),
    _ = HasComplained
        orelse ci_log:log('error', "AMQP message not understood: ~W", [Reason, 12]),
    {'ignore', State#state{has_complained='true'}}.

%% @doc Says goodbye while the channel still exists. Without it, peers would wait for our answers
%% for some seconds.
-spec terminate(any(), #state{}) -> 'ok'.
terminate(_Reason, #state{is_consuming='false'}) -> 'ok';
terminate(_Reason, _State) ->
    case ci_port:leaving() of
        {'ok', Goodbye} when Goodbye =/= <<>> -> publish(<<"monitor">>, ?PRESENT, Goodbye);
        _NobodyToTell -> 'ok'
    end.

-spec code_change(any(), #state{}, any()) -> {'ok', #state{}}.
code_change(_OldVsn, State, _Extra) -> {'ok', State}.

-spec tell(#state{}) -> #state{}.
tell(#state{queue='undefined'}=State) -> State;
tell(#state{is_consuming='false'}=State) ->
    _ = ci_port:unbound(),
    State;
tell(#state{queue=Queue}=State) ->
    case ci_port:bound(Queue, node()) of
        'ok' -> State;
        {'error', _Trouble} ->
            _ = erlang:send_after(?RETRY_MS, self(), 'tell'),
            State
    end.

%% @doc A message that cannot be published, for instance because of a bad Server-ID, must not cost
%% us the queue.
-spec publish(binary(), binary(), binary()) -> 'ok'.
publish(Exchange, Key, Body) ->
    try ci_kazoo:publish(Exchange, Key, Body) of
        'ok' -> 'ok';
        Trouble -> not_published(Exchange, Key, Trouble)
    catch
        _Class:Reason -> not_published(Exchange, Key, Reason)
    end.

-spec not_published(binary(), binary(), any()) -> 'ok'.
not_published(Exchange, Key, Reason) ->
    ci_log:seldom('not_published', 'warning', "AMQP message to ~ts/~ts not published: ~W"
                 ,[Exchange, Key, Reason, 12]
                 ).
