%%% @doc Hears on Kazoo's AMQP which channels of a call belong together, and how they end: a
%%% gen_listener with a queue of its own, so that many calls keep no question waiting. The program
%%% keeps what it needs of each event beside the call's messages. Runs only if
%%% ci_kazoo:hears_calls/0.
%%%
%%% The behaviour is not declared, for the reasons of ci_listener.
-module(ci_call_events).

-export([start_link/0]).
-export([init/1
        ,handle_call/3
        ,handle_cast/2
        ,handle_info/2
        ,handle_event/3
        ,terminate/2
        ,code_change/3
        ]).

%% `call' is callevt/call.EVENT.CALLID. Those of our own zone: each zone has its own inspectors.
-define(EVENTS, [<<"CHANNEL_BRIDGE">>, <<"CHANNEL_DESTROY">>, <<"CHANNEL_INTERCEPTED">>
                ,<<"CHANNEL_TRANSFEROR">>, <<"CHANNEL_TRANSFEREE">>, <<"CHANNEL_REPLACED">>
                ]).
-define(BINDINGS, [{'call', [{'restrict_to', ?EVENTS}]}]).
-define(MOST_WAITING, 1000). % messages in our mailbox

-spec start_link() -> {'ok', pid()} | 'ignore' | {'error', any()}.
start_link() ->
    Params = [{'bindings', ?BINDINGS}
             ,{'responders', []}
             ],
    ci_kazoo:call('gen_listener', 'start_link', [{'local', ?MODULE}, ?MODULE, Params, []]).

-spec init([]) -> {'ok', 'undefined'}.
init([]) -> {'ok', 'undefined'}.

-spec handle_call(any(), {pid(), any()}, State) -> {'reply', any(), State}.
handle_call(_Request, _From, State) -> {'reply', {'error', 'not_implemented'}, State}.

-spec handle_cast(any(), State) -> {'noreply', State}.
handle_cast(_Msg, State) -> {'noreply', State}.

-spec handle_info(any(), State) -> {'noreply', State}.
handle_info(_Msg, State) -> {'noreply', State}.

%% @doc Exceptions are caught here, because Kazoo would log each with the whole message. What comes
%% faster than the program takes it is thrown away: the broker would send it all into our mailbox.
-spec handle_event(any(), any(), any()) -> 'ignore'.
handle_event(JObj, Delivery, _State) ->
    case process_info(self(), 'message_queue_len') of
        {'message_queue_len', Waiting} when Waiting > ?MOST_WAITING ->
            dropped('busy');
        _Few ->
            try ci_port:heard(ci_kazoo:routing_key(Delivery), ci_kazoo:json(JObj)) of
                'ok' -> 'ignore';
                {'error', Trouble} -> dropped(Trouble)
            catch
                _Class:Reason -> dropped(Reason)
            end
    end.

-spec dropped(any()) -> 'ignore'.
dropped(Why) ->
    ci_log:seldom('dropped', 'warning', "event of a call dropped: ~W", [Why, 12]),
    'ignore'.

-spec terminate(any(), any()) -> 'ok'.
terminate(_Reason, _State) -> 'ok'.

-spec code_change(any(), State, any()) -> {'ok', State}.
code_change(_OldVsn, State, _Extra) -> {'ok', State}.
