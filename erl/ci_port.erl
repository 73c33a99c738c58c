%%% @doc Owns the program: one OS process behind a port. When it exits, so does this server, and
%%% the supervisor starts both afresh; nothing goes on half alive. The messages of the port are
%%% described in c_src/erlang/port_terms.h.
-module(ci_port).

-behaviour(gen_server).

-export([start_link/0
        ,ask/2
        ,failed/0
        ,bound/2
        ,unbound/0
        ,leaving/0
        ,amqp/2
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
-define(EVENTS, 32). % that may be on their way to the listener: the program keeps the others
-define(HANGS_AFTER_S, 60).
-define(SILENCES, 3). % questions without any sign of life: it hangs. Counting them, rather than the
                      % time, tells a hung program from a machine that slept

-type id() :: pos_integer().
-type answer() :: {'ok', binary()} |
                  {'error', {'usage' | 'failed', binary()}} |
                  {'error', 'busy' | 'port_died' | 'timeout' | 'not_running'}.
-type trouble() :: {'error', 'busy' | 'port_died' | 'unbound'}.
-type asker() :: {'caller', {pid(), any()}, [ci_words:word()]} |
                 {'parser', ci_state:parser(), ci_log:level()} | % ourselves; how bad a failure is
                 'amqp' |
                 'watch'.
-type missing() :: {ci_state:parser(), binary(), boolean()}. % why; whether it is tried again

-record(state, {port :: port()
               ,os_pid :: pos_integer() | 'undefined' % undefined: it has exited
               ,next = 1 :: id()
               ,waiting = #{} :: #{id() => asker()}
               ,pieces = #{} :: #{id() => ci_pieces:pieces()} % of answers that come in several
               ,missing = [] :: [missing()] % parsers that are wanted, and could not be started
               ,is_retrying = 'false' :: boolean() % a timer for those runs
               ,silences = 0 :: non_neg_integer()
               ,listener :: {pid(), reference()} | 'undefined'
               ,credit = 0 :: non_neg_integer() % events that the program may send
               ,publishing = 0 :: non_neg_integer() % events that the listener has
               ,frames = ci_frames:none() :: ci_frames:frames() % of which nobody knows the end
               ,log = ci_program_log:none() :: ci_program_log:log()
               }).

-spec start_link() -> {'ok', pid()} | {'error', any()}.
start_link() ->
    gen_server:start_link({'local', ?MODULE}, ?MODULE, [], []).

%% @doc Asks the program to run a command. Answers to others do not wait for this one.
-spec ask([ci_words:word()], timeout()) -> answer().
ask(Words, Timeout) ->
    try gen_server:call(?MODULE, {'command', Words}, Timeout)
    catch
        'exit':{'timeout', _Call} -> {'error', 'timeout'};
        'exit':{_Reason, _Call} -> {'error', gone()}
    end.

%% @doc It is started again as long as there is a supervisor.
-spec gone() -> 'port_died' | 'not_running'.
gone() ->
    case whereis('call_inspector_sup') of
        'undefined' -> 'not_running';
        _Supervisor -> 'port_died'
    end.

%% @doc The parsers that are wanted and do not run, and why.
-spec failed() -> [{binary(), binary()}].
failed() ->
    case call('failed') of
        {'error', _Trouble} -> [];
        Failed -> Failed
    end.

%% @doc The calling process has a queue, from now on or again. It is sent
%% `{publish, {Exchange, RoutingKey, Body}}', and answers each with published/0.
-spec bound(binary(), node()) -> 'ok' | trouble().
bound(Queue, Node) -> call({'bound', self(), Queue, Node}).

%% @doc It has none any more. Its death says so, too.
-spec unbound() -> 'ok' | trouble().
unbound() -> call('unbound').

%% @doc It stops: what the other inspectors are to be told, if there is anything.
-spec leaving() -> {'ok', binary()} | {'error', any()}.
leaving() -> call('leaving').

%% @doc A message came out of the queue. Returns when the program's pipe has it.
-spec amqp(binary(), binary()) -> 'ok' | trouble().
amqp(RoutingKey, Body) -> call({'amqp', RoutingKey, Body}).

%% @doc A message came out of the queue in a form that is not known: it is counted.
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
    'ok' = ci_program:await_exit(ci_state:program()), % it still holds the sockets that the next one needs
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
    {'reply', [{Id, Reason} || {{Id, _Words}, Reason, _Again} <- Missing], State};
handle_call({'bound', Listener, Queue, Node}, _From, State) ->
    send_amqp({'bound', Queue, Node}, listener(Listener, State));
handle_call('unbound', _From, State) ->
    send_amqp('unbound', no_listener(State));
handle_call('leaving', From, State) ->
    asked(send('amqp', 'leaving', {'caller', From, []}, State), State);
handle_call('not_understood', _From, State) ->
    send_amqp('not_understood', State);
handle_call({'amqp', _RoutingKey, _Body}, _From, #state{listener='undefined'}=State) ->
    {'reply', {'error', 'unbound'}, State};
handle_call({'amqp', RoutingKey, Body}, _From, State) ->
    send_amqp({RoutingKey, Body}, State).

-spec asked({'ok', id(), #state{}} | {'error', any()}, #state{}) ->
                   {'noreply', #state{}} | {'reply', {'error', any()}, #state{}}.
asked({'ok', _Id, Sent}, _State) -> {'noreply', Sent};
asked({'error', _Reason}=Error, State) -> {'reply', Error, State}.

-spec handle_cast(any(), #state{}) -> {'noreply', #state{}}.
handle_cast({'published', Listener}, #state{listener={Listener, _Ref}, publishing=Count}=State) ->
    {'noreply', give_credit(State#state{publishing=max(0, Count - 1)})};
handle_cast(_Msg, State) -> {'noreply', State}.

-spec handle_info(any(), #state{}) -> {'noreply', #state{}} | {'stop', any(), #state{}}.
handle_info({Port, {'data', Bytes}}, #state{port=Port}=State) ->
    case take(Bytes, State) of
        {'ok', Taken} -> {'noreply', Taken};
        {'error', Reason, Taken} ->
            ci_log:log('error', "the program does not keep to what was agreed: it is started again", []),
            {'stop', {'shutdown', Reason}, Taken} % no report with what it said
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
handle_info({'DOWN', Ref, 'process', Pid, _Reason}, #state{listener={Pid, Ref}}=State) ->
    {'reply', _Sent, Unbound} = send_amqp('unbound', no_listener(State)),
    {'noreply', Unbound};
handle_info(_Msg, State) -> {'noreply', State}.

-spec terminate(any(), #state{}) -> 'ok'.
terminate(_Reason, #state{port=Port, os_pid=OsPid, waiting=Waiting}) ->
    _ = [gen_server:reply(From, {'error', 'port_died'})
         || {'caller', From, _Words} <- maps:values(Waiting)
        ],
    close(Port, OsPid).

-spec code_change(any(), #state{}, any()) -> {'ok', #state{}}.
code_change(_OldVsn, State, _Extra) -> {'ok', State}.

%% @doc A parser's key is nobody's business. This form is known to every OTP there is.
-spec format_status('normal' | 'terminate', [any()]) -> any().
format_status('normal', [_Dictionary, State]) ->
    [{'data', [{"State", shown(State)}]}];
format_status('terminate', [_Dictionary, State]) -> shown(State).

%% @doc Neither are megabytes of answers.
-spec shown(#state{}) -> any().
shown(State) -> ci_words:without_keys(State#state{pieces=#{}, frames=ci_frames:none()}).

%%%-------------------------------------------------------------------------------------------------
%%% The OS process

%% @doc End of file is the program's sign to write down what it holds and exit.
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
                  {'ok', id(), #state{}} | {'error', any()}.
send(Operation, Args, Asker, #state{port=Port, next=Id, waiting=Waiting}=State) ->
    case ci_program:deliver(Port, term_to_binary({'req', Id, Operation, Args})) of
        'ok' -> {'ok', Id, State#state{next=Id + 1, waiting=Waiting#{Id => Asker}}};
        {'error', _Reason}=Error -> Error
    end.

%% @doc A program that says what it was not asked, more than it may, or what nobody understands: it
%% cannot be told to stop.
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
frame({'ok', {'resp', Id, Answer}}, #state{waiting=Waiting}=State) ->
    case maps:find(Id, Waiting) of
        {'ok', Asker} -> response(Id, Asker, Answer, State);
        'error' -> 'error'
    end;
frame({'ok', {'event', _Number, 'publish', Message}}, #state{credit=Credit}=State) when Credit > 0 ->
    {'ok', publish(Message, State#state{credit=Credit - 1})};
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

-spec response(id(), asker(), any(), #state{}) -> {'ok', #state{}} | 'error'.
response(Id, _Asker, {'more', Piece}, #state{pieces=Pieces}=State) when is_binary(Piece) ->
    {'ok', State#state{pieces=ci_pieces:add(Id, Piece, Pieces)}};
response(Id, Asker, Answer, #state{waiting=Waiting, pieces=Pieces}=State) ->
    case ci_pieces:is_answer(Answer) of
        'true' ->
            Whole = ci_pieces:whole(Answer, maps:get(Id, Pieces, ci_pieces:none())),
            {'ok', answer(Asker, Whole, State#state{waiting=maps:remove(Id, Waiting)
                                                   ,pieces=maps:remove(Id, Pieces)
                                                   })};
        'false' -> 'error'
    end.

-spec reason(binary()) -> binary().
reason(<<"failed to start parser: ", Reason/binary>>) -> Reason;
reason(Reason) -> Reason.

-spec line(binary()) -> binary().
line(Text) -> ci_program_log:first_line(Text).

-spec answer(asker(), answer(), #state{}) -> #state{}.
answer({'caller', From, Words}, Told, State) ->
    Answer = given_up(Words, Told),
    Remembered = remember(Words, Answer, State),
    gen_server:reply(From, Answer),
    Remembered;
answer({'parser', {Id, Words}, _Level}, {'ok', _Text}=Answer, State) ->
    ci_log:log('info', "started ~ts", [Id]),
    remember(Words, Answer, not_missing(Id, State));
answer({'parser', {Id, _Words}=Parser, Level}, {'error', {Kind, Text}}, State) ->
    ci_log:log(Level, "~ts: ~ts", [Id, line(Text)]),
    missing({Parser, reason(line(Text)), Kind =/= 'usage'}, State); % it will not learn the command
answer('amqp', {'error', {_Kind, Text}}, State) ->
    ci_log:seldom('amqp', 'warning', "AMQP: ~ts", [line(Text)]),
    State;
answer(_Ourselves, _Answer, State) -> State.

%% @doc Before the asker has the answer, so that no crash can come between the two.
-spec remember([ci_words:word()], answer(), #state{}) -> #state{}.
remember([<<"start_", _/binary>> | _]=Words, {'ok', <<"started '", Quoted/binary>>}, State) ->
    [Id | _] = binary:split(Quoted, <<"'">>),
    'ok' = ci_state:want(Id, Words),
    not_missing(Id, State);
remember([<<"stop_active_parser">>, Id], {'ok', _Text}, State) ->
    forget(Id, State);
remember(_Words, _Answer, State) -> State.

%% @doc A parser that is wanted and could not be started is stopped by not being tried again; the
%% program knows nothing of it.
-spec given_up([ci_words:word()], answer()) -> answer().
given_up([<<"stop_active_parser">>, Id], {'error', {'failed', _Text}}=Error) ->
    case lists:keymember(Id, 1, ci_state:wanted()) of
        'true' -> {'ok', <<"ok\n">>};
        'false' -> Error
    end;
given_up(_Words, Answer) -> Answer.

-spec forget(binary(), #state{}) -> #state{}.
forget(Id, State) ->
    'ok' = ci_state:forget(Id),
    not_missing(Id, State).

%%%-------------------------------------------------------------------------------------------------
%%% The listener: messages to the program, and from it as many as there is credit

-spec send_amqp(any(), #state{}) -> {'reply', 'ok' | {'error', any()}, #state{}}.
send_amqp(Args, State) ->
    case send('amqp', Args, 'amqp', State) of
        {'ok', _Id, Sent} -> {'reply', 'ok', give_credit(Sent)};
        {'error', _Reason}=Error -> {'reply', Error, State}
    end.

-spec listener(pid(), #state{}) -> #state{}.
listener(Pid, #state{listener={Pid, _Ref}}=State) -> State;
listener(Pid, State) ->
    (no_listener(State))#state{listener={Pid, monitor('process', Pid)}}.

-spec no_listener(#state{}) -> #state{}.
no_listener(#state{listener='undefined'}=State) -> State;
no_listener(#state{listener={_Pid, Ref}}=State) ->
    'true' = demonitor(Ref, ['flush']),
    State#state{listener='undefined', publishing=0}.

-spec publish(any(), #state{}) -> #state{}.
publish(_Message, #state{listener='undefined'}=State) -> State; % sent before it knew
publish(Message, #state{listener={Pid, _Ref}, publishing=Count}=State) ->
    _ = Pid ! {'publish', Message},
    State#state{publishing=Count + 1}.

%% @doc What the pipe does not take now is given with what comes next.
-spec give_credit(#state{}) -> #state{}.
give_credit(#state{listener='undefined'}=State) -> State;
give_credit(#state{credit=Credit, publishing=Count}=State) when Credit + Count >= ?EVENTS -> State;
give_credit(#state{port=Port, credit=Credit, publishing=Count}=State) ->
    More = ?EVENTS - Credit - Count,
    case ci_program:deliver(Port, term_to_binary({'credit', More})) of
        'ok' -> State#state{credit=Credit + More};
        {'error', _Reason} -> State
    end.

%%%-------------------------------------------------------------------------------------------------
%%% Whether the program lives

%% @doc Anything that it says is a sign of life; a question makes it say something. This one is
%% none that it knows, so it says so at once, however long its commands take.
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

%% @doc One after the other, because their order is what `list_active_parsers' shows.
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
                          {'ok', id(), #state{}} | {'missing', #state{}}.
start_parser({_Id, Words}=Parser, Level, State) ->
    case send('command', Words, {'parser', Parser, Level}, State) of
        {'ok', _RequestId, _Sent}=Ok -> Ok;
        {'error', Reason} ->
            Text = iolist_to_binary(io_lib:format("~tp", [Reason])),
            {'missing', missing({Parser, Text, 'true'}, State)}
    end.

%% @doc An answer that is late is taken when it comes.
-spec await_answer(id(), integer(), #state{}) -> {'ok', #state{}} | {'error', any(), #state{}}.
await_answer(Id, Deadline, #state{port=Port, waiting=Waiting}=State) ->
    case maps:is_key(Id, Waiting) of
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

%% @doc An address may come back, a socket be given up: it is tried again until nobody wants it.
-spec missing(missing(), #state{}) -> #state{}.
missing({Parser, _Reason, Again}=Entry, #state{missing=Missing}=State) ->
    retry_later(Again, State#state{missing=lists:keystore(Parser, 1, Missing, Entry)}).

-spec not_missing(binary(), #state{}) -> #state{}.
not_missing(Id, #state{missing=Missing}=State) ->
    State#state{missing=[Entry || {{OtherId, _Words}, _Reason, _Again}=Entry <- Missing
                                      ,OtherId =/= Id
                        ]}.

-spec retry_later(boolean(), #state{}) -> #state{}.
retry_later('true', #state{is_retrying='false'}=State) ->
    _ = erlang:send_after(?RETRY_PARSER_MS, self(), 'start_missing'),
    State#state{is_retrying='true'};
retry_later(_Again, State) -> State.

%% @doc Each stays missing until the program says that it runs.
-spec start_missing(#state{}) -> #state{}.
start_missing(#state{missing=Missing}=State) ->
    Wanted = ci_state:wanted(),
    StillMissing = [Entry || {Parser, _Reason, _Again}=Entry <- Missing, lists:member(Parser, Wanted)],
    lists:foldl(fun({Parser, _Reason, _Again}, Acc) ->
                        case start_parser(Parser, 'debug', Acc) of % said once is enough
                            {'ok', _Id, Sent} -> Sent;
                            {'missing', Unsent} -> Unsent
                        end
                end
               ,State#state{missing=StillMissing, is_retrying='false'}
               ,[Entry || {_Parser, _Reason, 'true'}=Entry <- StillMissing]
               ).

%%%-------------------------------------------------------------------------------------------------
%%% Time

-spec deadline(pos_integer()) -> integer().
deadline(Ms) -> erlang:monotonic_time(1000) + Ms.

-spec left(integer()) -> non_neg_integer().
left(Deadline) -> max(0, Deadline - erlang:monotonic_time(1000)).
