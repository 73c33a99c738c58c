%%% @doc The owner of a program that misbehaves: tests/erl/programs. The real one:
%%% call_inspector_SUITE.
-module(ci_port_tests).

-include_lib("eunit/include/eunit.hrl").

-define(MEGABYTE, 1024 * 1024).

misbehaviour_test_() ->
    {'foreach'
    ,fun() ->
             'ok' = logger:set_primary_config('level', 'none'), % the crashes are wanted
             {'ok', State} = ci_state:start_link(),
             State
     end
    ,fun(State) ->
             'ok' = gen_server:stop(State),
             'ok' = logger:set_primary_config('level', 'notice'),
             'ok' = application:unset_env('call_inspector', 'program')
     end
    ,[{'spawn', Test} || Test <- misbehaviours()]
    }.

misbehaviours() ->
    [{"there is no program"
     ,?_assertMatch({'error', {'cannot_run', _Program, 'enoent'}}, start("missing.sh"))
     }
    ,{"it exits"
     ,?_assertEqual({'error', {'program_exited', {'status', 3}}}, start("exits.sh"))
     }
    ,{"it is another program"
     ,?_assertMatch({'error', {'not_our_program', _Program}}, start("stranger.sh"))
     }
    ,{"it says more than hello at once", fun() -> 'ok' = gen_server:stop(start("talker.sh")) end}
    ,{'timeout', 30, {"it hangs: askers are told, and it is killed", fun deaf/0}}
    ,{'timeout', 30, {"it is killed: askers are told, and so is the supervisor", fun killed/0}}
    ,{'timeout', 60, {"it answers without end: that is an error, and the owner goes on", fun endless/0}}
    ,{'timeout', 30, {"it says what nobody understands: that is not in the reason", fun babbler/0}}
     | [{'timeout', 60, {"it says what it should not: " ++ How, fun() -> mad(How) end}}
        || How <- ["pieces", "answers", "logs", "long logs", "events", "another level", "no text", "large frame"
                  ,"new atoms", "compressed", "no term"
                  ]
       ]
    ].

start(Program) ->
    _ = process_flag('trap_exit', 'true'),
    File = ci_test_data:file("erl/programs/" ++ Program),
    'ok' = application:set_env('call_inspector', 'program', File),
    case ci_port:start_link() of
        {'ok', Pid} -> Pid;
        {'error', Reason} ->
            receive {'EXIT', _Pid, Reason} -> {'error', Reason} end
    end.

deaf() ->
    Port = start("deaf.sh"),
    OsPid = ci_state:program(),
    ?assertEqual({'error', 'timeout'}, ci_port:ask([<<"x">>], 10)),
    ?assertEqual('busy', fill(binary:copy(<<"x">>, ?MEGABYTE))),
    'ok' = gen_server:stop(Port),
    ?assertNot(alive(OsPid)),
    ?assertEqual('undefined', ci_state:program()).

%% The pipe takes some; what it does not take must not wait for it.
fill(Word) ->
    case ci_port:ask([Word], 10) of
        {'error', 'timeout'} -> fill(Word);
        {'error', Reason} -> Reason
    end.

killed() ->
    Port = start("deaf.sh"),
    OsPid = ci_state:program(),
    Self = self(),
    Asker = spawn_link(fun() -> Self ! {self(), ci_port:ask([<<"x">>], 10000)} end),
    'ok' = wait_for_asker(Port),
    _ = os:cmd("kill -9 " ++ integer_to_list(OsPid)),
    ?assertEqual({'error', 'port_died'}, receive {Asker, Answer} -> Answer end),
    ?assertEqual({'program_exited', {'signal', 9}}, receive {'EXIT', Port, Reason} -> Reason end),
    ?assertEqual({'error', 'not_running'}, ci_port:ask([<<"x">>], 10)). % nor is a supervisor

endless() ->
    Port = start("endless.escript"),
    _ = [?assertEqual({'error', {'failed', <<"the answer is too large\n">>}}, ci_port:ask([<<"x">>], 30000))
         || _ <- [1, 2]
        ],
    'ok' = gen_server:stop(Port).

babbler() ->
    Port = start("babbler.sh"),
    ?assertEqual({'error', 'port_died'}, ci_port:ask([<<"x">>, <<"auth_key=s3cret">>], 10000)),
    ?assertEqual({'shutdown', 'program_speaks_another_protocol'}, receive {'EXIT', Port, Reason} -> Reason end).

%% Who waits is told, it is killed, and the node did not grow by what it said.
mad(How) ->
    Port = start("mad.escript"),
    OsPid = ci_state:program(),
    Before = erlang:memory('total'),
    ?assertEqual({'error', 'port_died'}, ci_port:ask([list_to_binary(How)], 30000)),
    ?assertEqual({'shutdown', 'program_speaks_another_protocol'}, receive {'EXIT', Port, Reason} -> Reason end),
    'ok' = ci_test_verbs:wait_until(fun() -> not alive(OsPid) end),
    _ = erlang:garbage_collect(),
    ?assert(erlang:memory('total') < Before + 300 * ?MEGABYTE).

%% Its number is the one of the next request.
wait_for_asker(Port) ->
    case sys:get_state(Port) of
        State when element(4, State) > 1 -> 'ok';
        _State -> erlang:yield(), wait_for_asker(Port)
    end.

alive(OsPid) -> os:cmd("kill -0 " ++ integer_to_list(OsPid) ++ " 2>&1") =:= "".
