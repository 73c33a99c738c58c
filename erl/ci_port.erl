%%% @doc Owns the program: one OS process behind a port. When the program exits, this server exits
%%% too, and the supervisor restarts both; neither runs without the other.
%%% c_src/erlang/port_terms.h describes the messages of the port.
-module(ci_port).

-behaviour(gen_server).

-export([start_link/0
        ,ask/2
        ,failed/0
        ,bound/2
        ,unbound/0
        ,leaving/0
        ,amqp/2
        ,heard/2
        ,not_understood/0
        ,published/0
        ]).
-export([init/1
        ,handle_call/3
        ,handle_cast/2
        ,handle_info/2
        ,terminate/2
        ,code_change/3
        ,format_status/2
        ]).
-export_type([answer/0]).

-define(START_PARSER_MS, 5000).
-define(RETRY_PARSER_MS, 5000).
-define(HANGS_AFTER_S, 60).
-define(SILENCES, 3). % questions without a sign of life; not seconds: the machine may have slept

-type answer() :: {'ok', binary()} |
                  {'error', {'usage' | 'failed', binary()}} |
                  {'error', 'busy' | 'port_died' | 'timeout' | 'not_running'}.
-type trouble() :: {'error', 'busy' | 'port_died' | 'unbound'}.
-type asker() :: {'caller', {pid(), any()}, [ci_words:word()]} |
                 {'parser', ci_state:parser(), ci_log:level()} | % ourselves; level of a failure
                 'amqp' |
                 'watch'.

-record(state, {port :: port()
               ,os_pid :: pos_integer() | 'undefined' % undefined: the program has exited
               ,requests = ci_requests:none() :: ci_requests:requests() % of asker()
               ,missing = ci_wanted:none_missing() :: ci_wanted:missing()
               ,is_retrying = 'false' :: boolean() % a timer to start the missing parsers runs
               ,silences = 0 :: non_neg_integer()
               ,deliveries = ci_deliveries:none() :: ci_deliveries:deliveries()
               ,frames = ci_frames:none() :: ci_frames:frames() % the unfinished frame
               ,log = ci_program_log:none() :: ci_program_log:log()
               }).

-spec start_link() -> {'ok', pid()} | {'error', any()}.
start_link() ->
    gen_server:start_link({'local', ?MODULE}, ?MODULE, [], []).

%% @doc Asks the program to run a command. Other requests do not wait for the answer.
-spec ask([ci_words:word()], timeout()) -> answer().
ask(Words, Timeout) ->
    try gen_server:call(?MODULE, {'command', Words}, Timeout)
    catch
        'exit':{'timeout', _Call} -> {'error', 'timeout'};
        'exit':{_Reason, _Call} -> {'error', gone()}
    end.

%% @doc Why this server is gone: as long as there is a supervisor, it will be restarted.
-spec gone() -> 'port_died' | 'not_running'.
gone() ->
    case whereis('call_inspector_sup') of
        'undefined' -> 'not_running';
        _Supervisor -> 'port_died'
    end.

%% @doc The wanted parsers that do not run, and why.
-spec failed() -> [{binary(), binary()}].
failed() ->
    case call('failed') of
        {'error', _Trouble} -> [];
        Failed -> Failed
    end.

%% @doc The calling process has a queue, for the first time or again. From now on it gets
%% `{publish, {Exchange, RoutingKey, Body}}' messages, and must call published/0 for each.
-spec bound(binary(), node()) -> 'ok' | trouble().
bound(Queue, Node) -> call({'bound', self(), Queue, Node}).

%% @doc The calling process has no queue any more. Its exit has the same effect.
-spec unbound() -> 'ok' | trouble().
unbound() -> call('unbound').

%% @doc The calling process is about to stop. Returns its goodbye to the other inspectors, which may
%% be empty.
-spec leaving() -> {'ok', binary()} | {'error', any()}.
leaving() -> call('leaving').

%% @doc A message came out of the queue. Returns when it is in the program's pipe.
-spec amqp(binary(), binary()) -> 'ok' | trouble().
amqp(RoutingKey, Body) -> call({'amqp', RoutingKey, Body}).

%% @doc An event of a call came out of a queue that is not the listener's.
-spec heard(binary(), binary()) -> 'ok' | trouble().
heard(RoutingKey, Body) -> call({'heard', RoutingKey, Body}).

%% @doc A message of an unknown form came out of the queue: the program counts it.
-spec not_understood() -> 'ok' | trouble().
not_understood() -> call('not_understood').

-spec published() -> 'ok'.
published() -> gen_server:cast(?MODULE, {'published', self()}).

-spec call(any()) -> any().
call(Request) ->
    try gen_server:call(?MODULE, Request)
    catch
        'exit':{'timeout', _Call} -> {'error', 'busy'};
        'exit':{_Reason, _Call} -> {'error', 'port_died'}
    end.

-spec init([]) -> {'ok', #state{}} | {'stop', any()}.
init([]) ->
    _ = process_flag('trap_exit', 'true'),
    % The old program holds sockets that the new one needs.
    'ok' = ci_program:await_exit(ci_state:program()),
    try ci_program:open() of
        Port ->
            case ci_program:await_hello(Port) of
                {'ok', OsPid, Others, Frames} ->
                    'ok' = ci_state:program_is(OsPid),
                    'ok' = watch_later(),
                    start_wanted(take_each(Others, #state{port=Port, os_pid=OsPid, frames=Frames}));
                {'error', Reason} ->
                    _ = close(Port, ci_program:os_pid(Port)),
                    {'stop', Reason}
            end
    catch
        'error':Reason -> {'stop', {'cannot_run', ci_program:path(), Reason}}
    end.

-spec handle_call(any(), {pid(), any()}, #state{}) ->
                         {'noreply', #state{}} | {'reply', any(), #state{}}.
handle_call({'command', Words}, From, State) ->
    asked(send('command', Words, {'caller', From, Words}, State), State);
handle_call('failed', _From, #state{missing=Missing}=State) ->
    {'reply', ci_wanted:reasons(Missing), State};
handle_call({'bound', Listener, Queue, Node}, _From, State) ->
    send_amqp({'bound', Queue, Node}, deliver_to(Listener, State));
handle_call('unbound', _From, State) ->
    send_amqp('unbound', deliver_to_nobody(State));
handle_call('leaving', From, State) ->
    asked(send('amqp', 'leaving', {'caller', From, []}, State), State);
handle_call('not_understood', _From, State) ->
    send_amqp('not_understood', State);
handle_call({'heard', RoutingKey, Body}, _From, State) ->
    send_amqp({RoutingKey, Body}, State);
handle_call({'amqp', RoutingKey, Body}, _From, #state{deliveries=Deliveries}=State) ->
    case ci_deliveries:has_listener(Deliveries) of
        'true' -> send_amqp({RoutingKey, Body}, State);
        'false' -> {'reply', {'error', 'unbound'}, State}
    end.

-spec asked({'ok', ci_requests:id(), #state{}} | {'error', any()}, #state{}) ->
                   {'noreply', #state{}} | {'reply', {'error', any()}, #state{}}.
asked({'ok', _Id, Sent}, _State) -> {'noreply', Sent};
asked({'error', _Reason}=Error, State) -> {'reply', Error, State}.

-spec handle_cast(any(), #state{}) -> {'noreply', #state{}}.
handle_cast({'published', Listener}, #state{deliveries=Deliveries}=State) ->
    Published = ci_deliveries:published(Listener, Deliveries),
    {'noreply', give_credit(State#state{deliveries=Published})};
handle_cast(_Msg, State) -> {'noreply', State}.

-spec handle_info(any(), #state{}) -> {'noreply', #state{}} | {'stop', any(), #state{}}.
handle_info({Port, {'data', Bytes}}, #state{port=Port}=State) ->
    case take(Bytes, State) of
        {'ok', Taken} -> {'noreply', Taken};
        {'error', Reason, Taken} ->
            ci_log:log('error', "the program does not keep to what was agreed: it is started again", []),
            {'stop', {'shutdown', Reason}, Taken} % a crash report would show the program's bytes
    end;
handle_info({Port, {'exit_status', Status}}, #state{port=Port}=State) ->
    {'stop', {'program_exited', ci_program:describe(Status)}, exited(State)};
handle_info({'EXIT', Port, Reason}, #state{port=Port}=State) ->
    {'stop', {'port_closed', Reason}, State};
handle_info('start_missing', State) ->
    {'noreply', start_missing(State)};
handle_info('watch', #state{silences=?SILENCES}=State) ->
    ci_log:log('error', "the program does not answer: it is started again", []),
    {'stop', 'program_hangs', State};
handle_info('watch', State) ->
    'ok' = watch_later(),
    {'noreply', watch(State)};
handle_info({'DOWN', Ref, 'process', Pid, _Reason}, #state{deliveries=Deliveries}=State) ->
    case ci_deliveries:is_listener(Pid, Ref, Deliveries) of
        'true' ->
            {'reply', _Sent, Unbound} = send_amqp('unbound', deliver_to_nobody(State)),
            {'noreply', Unbound};
        'false' -> {'noreply', State}
    end;
handle_info(_Msg, State) -> {'noreply', State}.

-spec terminate(any(), #state{}) -> 'ok'.
terminate(_Reason, #state{port=Port, os_pid=OsPid, requests=Requests}) ->
    _ = [gen_server:reply(From, {'error', 'port_died'})
         || {'caller', From, _Words} <- ci_requests:askers(Requests)
        ],
    close(Port, OsPid).

-spec code_change(any(), #state{}, any()) -> {'ok', #state{}}.
code_change(_OldVsn, State, _Extra) -> {'ok', State}.

%% @doc Hides parsers' keys, and answers of many megabytes.
-spec format_status('normal' | 'terminate', [any()]) -> any().
format_status(Why, [_Dictionary, #state{requests=Requests}=State]) ->
    ci_words:status(Why, State#state{requests=ci_requests:without_answers(Requests), frames=ci_frames:none()}).

%%%-------------------------------------------------------------------------------------------------
%%% The OS process

%% @doc At the end of its input the program writes its data to disk and exits.
-spec close(port(), pos_integer() | 'undefined') -> 'ok'.
close(Port, OsPid) ->
    _ = try port_close(Port) catch 'error':'badarg' -> 'true' end,
    'ok' = ci_program:await_exit(OsPid),
    ci_state:program_is('undefined').

-spec exited(#state{}) -> #state{}.
exited(State) ->
    'ok' = ci_state:program_is('undefined'),
    State#state{os_pid='undefined'}.

%%%-------------------------------------------------------------------------------------------------
%%% Requests and answers

-spec send('command' | 'amqp' | 'alive', any(), asker(), #state{}) ->
                  {'ok', ci_requests:id(), #state{}} | {'error', any()}.
send(Operation, Args, Asker, #state{port=Port, requests=Requests}=State) ->
    Id = ci_requests:next(Requests),
    case ci_program:deliver(Port, term_to_binary({'req', Id, Operation, Args})) of
        'ok' -> {'ok', Id, State#state{requests=ci_requests:made(Asker, Requests)}};
        {'error', _Reason}=Error -> Error
    end.

%% @doc `error': the program answered a request that nobody made, sent more than its credit, or sent
%% a malformed message. It has to be restarted, because the protocol has no error message to it.
-spec take(binary(), #state{}) -> {'ok', #state{}} | {'error', any(), #state{}}.
take(Bytes, #state{frames=Frames}=State) ->
    case ci_frames:add(Bytes, Frames) of
        {'ok', Whole, Left} -> take_each(Whole, State#state{frames=Left, silences=0});
        'too_large' -> {'error', 'program_speaks_another_protocol', State}
    end.

-spec take_each([binary()], #state{}) -> {'ok', #state{}} | {'error', any(), #state{}}.
take_each([], State) -> {'ok', State};
take_each([Frame | Frames], State) ->
    case frame(ci_frames:term(Frame), State) of
        {'ok', Taken} -> take_each(Frames, Taken);
        'error' -> {'error', 'program_speaks_another_protocol', State}
    end.

-spec frame({'ok', any()} | 'error', #state{}) -> {'ok', #state{}} | 'error'.
frame({'ok', {'resp', Id, Answer}}, #state{requests=Requests}=State) ->
    case ci_requests:answered(Id, Answer, Requests) of
        {'part', Left} -> {'ok', State#state{requests=Left}};
        {'whole', Asker, Whole, Left} -> {'ok', answer(Asker, Whole, State#state{requests=Left})};
        'error' -> 'error'
    end;
frame({'ok', {'event', _Number, 'publish', Message}}, #state{deliveries=Deliveries}=State) ->
    case ci_deliveries:publish(Message, Deliveries) of
        {'ok', Published} -> {'ok', State#state{deliveries=Published}};
        'error' -> 'error'
    end;
frame({'ok', {'log', Level, Text}}, #state{log=Log}=State) when is_binary(Text) ->
    case is_level(Level)
        andalso ci_program_log:line(Level, Text, erlang:monotonic_time(1000), Log)
    of
        {'ok', More} -> {'ok', State#state{log=More}};
        _Mad -> 'error'
    end;
frame(_Other, _State) -> 'error'.

-spec is_level(any()) -> boolean().
is_level(Level) -> lists:member(Level, ['debug', 'info', 'warning', 'error']).

-spec answer(asker(), answer(), #state{}) -> #state{}.
answer({'caller', From, Words}, Told, State) ->
    {Answer, Ids} = ci_wanted:learn(Words, Told),
    gen_server:reply(From, Answer),
    not_missing(Ids, State);
answer({'parser', {Id, Words}, _Level}, {'ok', _Text}=Answer, State) ->
    ci_log:log('info', "started ~ts", [Id]),
    {_Answer, Ids} = ci_wanted:learn(Words, Answer),
    not_missing([Id | Ids], State);
answer({'parser', {Id, _Words}=Parser, Level}, {'error', {Kind, Text}}, State) ->
    Line = ci_program_log:first_line(Text),
    ci_log:log(Level, "~ts: ~ts", [Id, Line]),
    missing(Parser, Line, Kind =/= 'usage', State); % an unknown command will stay unknown
answer('amqp', {'error', {_Kind, Text}}, State) ->
    ci_log:seldom('amqp', 'warning', "AMQP: ~ts", [ci_program_log:first_line(Text)]),
    State;
answer(_Ourselves, _Answer, State) -> State.

%%%-------------------------------------------------------------------------------------------------
%%% AMQP

-spec send_amqp(any(), #state{}) -> {'reply', 'ok' | {'error', any()}, #state{}}.
send_amqp(Args, State) ->
    case send('amqp', Args, 'amqp', State) of
        {'ok', _Id, Sent} -> {'reply', 'ok', give_credit(Sent)};
        {'error', _Reason}=Error -> {'reply', Error, State}
    end.

-spec deliver_to(pid(), #state{}) -> #state{}.
deliver_to(Pid, #state{deliveries=Deliveries}=State) ->
    State#state{deliveries=ci_deliveries:to(Pid, Deliveries)}.

-spec deliver_to_nobody(#state{}) -> #state{}.
deliver_to_nobody(#state{deliveries=Deliveries}=State) ->
    State#state{deliveries=ci_deliveries:to_nobody(Deliveries)}.

%% @doc Credit that the pipe does not take now is given with the next message.
-spec give_credit(#state{}) -> #state{}.
give_credit(#state{deliveries=Deliveries}=State) ->
    give_credit(ci_deliveries:due(Deliveries), State).

-spec give_credit(non_neg_integer(), #state{}) -> #state{}.
give_credit(0, State) -> State;
give_credit(More, #state{port=Port, deliveries=Deliveries}=State) ->
    case ci_program:deliver(Port, term_to_binary({'credit', More})) of
        'ok' -> State#state{deliveries=ci_deliveries:allowed(More, Deliveries)};
        {'error', _Reason} -> State
    end.

%%%-------------------------------------------------------------------------------------------------
%%% Whether the program lives

%% @doc Any output of the program is a sign of life, and a question makes it answer. The program
%% does not know this question, so it answers with an error at once, however long its commands take.
-spec watch(#state{}) -> #state{}.
watch(#state{silences=Silences}=State) ->
    Asking = give_credit(State#state{silences=Silences + 1}),
    case send('alive', [], 'watch', Asking) of
        {'ok', _Id, Asked} -> Asked;
        {'error', _Reason} -> Asking
    end.

-spec watch_later() -> 'ok'.
watch_later() ->
    Seconds = application:get_env('call_inspector', 'hangs_after', ?HANGS_AFTER_S),
    _ = erlang:send_after(Seconds * 1000 div ?SILENCES, self(), 'watch'),
    'ok'.

%%%-------------------------------------------------------------------------------------------------
%%% The wanted parsers

%% @doc Starts the parsers one after the other, because `list_active_parsers' shows their order.
-spec start_wanted({'ok', #state{}} | {'error', any(), #state{}}) -> {'ok', #state{}} | {'stop', any()}.
start_wanted({'ok', State}) -> start_wanted(ci_state:wanted(), State);
start_wanted({'error', Reason, State}) ->
    'ok' = terminate(Reason, State),
    {'stop', Reason}.

-spec start_wanted([ci_state:parser()], #state{}) -> {'ok', #state{}} | {'stop', any()}.
start_wanted([], State) -> {'ok', State};
start_wanted([Parser | Parsers], State) ->
    case start_parser(Parser, 'error', State) of
        {'ok', Id, Sent} ->
            case await_answer(Id, deadline(?START_PARSER_MS), Sent) of
                {'ok', Answered} -> start_wanted(Parsers, Answered);
                {'error', _Reason, _Failed}=Error -> start_wanted(Error)
            end;
        {'missing', Unsent} -> start_wanted(Parsers, Unsent)
    end.

-spec start_parser(ci_state:parser(), ci_log:level(), #state{}) ->
                          {'ok', ci_requests:id(), #state{}} | {'missing', #state{}}.
start_parser({_Id, Words}=Parser, Level, State) ->
    case send('command', Words, {'parser', Parser, Level}, State) of
        {'ok', _RequestId, _Sent}=Ok -> Ok;
        {'error', Reason} ->
            Text = iolist_to_binary(io_lib:format("~tp", [Reason])),
            {'missing', missing(Parser, Text, 'true', State)}
    end.

%% @doc Waits for an answer. An answer after the deadline is taken when it comes.
-spec await_answer(ci_requests:id(), integer(), #state{}) -> {'ok', #state{}} | {'error', any(), #state{}}.
await_answer(Id, Deadline, #state{port=Port, requests=Requests}=State) ->
    case ci_requests:is_waiting(Id, Requests) of
        'false' -> {'ok', State};
        'true' ->
            receive
                {Port, {'data', Bytes}} ->
                    case take(Bytes, State) of
                        {'ok', Taken} -> await_answer(Id, Deadline, Taken);
                        {'error', _Reason, _Taken}=Error -> Error
                    end;
                {Port, {'exit_status', Status}} ->
                    {'error', {'program_exited', ci_program:describe(Status)}, exited(State)};
                {'EXIT', Port, Reason} -> {'error', {'port_closed', Reason}, State}
            after left(Deadline) -> {'ok', State}
            end
    end.

%% @doc The parser is tried again until nobody wants it: its address may come back, or another
%% program may close the socket.
-spec missing(ci_state:parser(), binary(), boolean(), #state{}) -> #state{}.
missing(Parser, Why, Again, #state{missing=Missing}=State) ->
    retry_later(Again, State#state{missing=ci_wanted:missing(Parser, Why, Again, Missing)}).

-spec not_missing([binary()], #state{}) -> #state{}.
not_missing(Ids, #state{missing=Missing}=State) ->
    State#state{missing=lists:foldl(fun ci_wanted:not_missing/2, Missing, Ids)}.

-spec retry_later(boolean(), #state{}) -> #state{}.
retry_later('true', #state{is_retrying='false'}=State) ->
    _ = erlang:send_after(?RETRY_PARSER_MS, self(), 'start_missing'),
    State#state{is_retrying='true'};
retry_later(_Again, State) -> State.

%% @doc Each parser stays missing until the program says that it runs.
-spec start_missing(#state{}) -> #state{}.
start_missing(#state{missing=Missing}=State) ->
    StillMissing = ci_wanted:still_missing(Missing),
    lists:foldl(fun(Parser, Acc) ->
                        case start_parser(Parser, 'debug', Acc) of % the first failure was an error
                            {'ok', _Id, Sent} -> Sent;
                            {'missing', Unsent} -> Unsent
                        end
                end
               ,State#state{missing=StillMissing, is_retrying='false'}
               ,ci_wanted:to_retry(StillMissing)
               ).

-spec deadline(pos_integer()) -> integer().
deadline(Ms) -> erlang:monotonic_time(1000) + Ms.

-spec left(integer()) -> non_neg_integer().
left(Deadline) -> max(0, Deadline - erlang:monotonic_time(1000)).
