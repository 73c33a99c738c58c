%%% @doc Kazoo's AMQP: a gen_listener with a queue of its own, bound as that of Kazoo's own Call
%%% Inspector. What the messages mean is the program's business: it gets each as JSON with its
%%% routing key, and tells what to publish. Runs only where ci_kazoo:is_here/0.
%%%
%%% The behaviour is not declared: its module is not there where this is compiled, and not each
%%% version takes handle_event/3 for enough.
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

%% `inspector' is monitor/call_inspector.*: Kazoo's requests, and what inspectors tell each other.
%% `self' is targeted/QUEUE: answers to us.
-define(BINDINGS, [{'self', []}
                  ,{'inspector', ['federate']}
                  ]).
-define(RETRY_MS, 1000).
-define(PRESENT, <<"call_inspector.present">>).

-record(state, {queue :: binary() | 'undefined'
               ,is_consuming = 'false' :: boolean()
               ,has_complained = 'false' :: boolean() % of a message that it did not understand
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

%% @doc After a lost connection 4.3 and later tell of it, and of a queue with another name; 4.2 says
%% nothing, declares the same queue again, and tells of the consumer only.
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

%% @doc Kazoo catches what fails here, and logs all of it with each message.
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

%% @doc The log hears of the first, `amqp_stats' counts each.
-spec not_understood(any(), #state{}) -> {'ignore', #state{}}.
not_understood(Reason, #state{has_complained=HasComplained}=State) ->
    _ = ci_port:not_understood(),
    _ = HasComplained
        orelse ci_log:log('error', "AMQP message not understood: ~W", [Reason, 12]),
    {'ignore', State#state{has_complained='true'}}.

%% @doc The channel is still there. Who is not told waits for us, for some seconds.
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

%% @doc One message that cannot be published, be its Server-ID nonsense, is no reason to lose the
%% queue.
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
