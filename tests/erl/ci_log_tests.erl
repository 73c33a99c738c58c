-module(ci_log_tests).

-include_lib("eunit/include/eunit.hrl").

%% The default handler passes by whatever has a domain of its own; so this asks a fresh VM.
is_seen_by_default_test_() ->
    {'timeout', 30
    ,[?_assertMatch({_At, _Length}
                   ,binary:match(logged_by_a_fresh_vm(Level), <<"call_inspector: number 1">>)
                   )
      || Level <- ['warning', 'error']
     ]
    }.

logged_by_a_fresh_vm(Level) ->
    Log = io_lib:format("ci_log:log(~s, \"number ~~b\", [1]), init:stop().", [Level]),
    Ebin = filename:dirname(code:which('ci_log')),
    Command = ["erl -noshell -pa '", Ebin, "' -eval '", Log, "' 2>&1"],
    list_to_binary(os:cmd(lists:flatten(Command))).

%% Kazoo's, where it runs: a module and a process of these names.
lager_is_preferred_test_() ->
    {'setup'
    ,fun() ->
             Forms = [{'attribute', 1, 'module', 'lager'}
                     ,{'attribute', 2, 'export', [{'log', 4}]}
                     ,{'function', 3, 'log', 4
                      ,[{'clause', 3, [{'var', 3, V} || V <- ['L', 'P', 'F', 'A']], []
                        ,[{'op', 3, '!', {'var', 3, 'P'}, {'tuple', 3, [{'var', 3, V} || V <- ['L', 'F', 'A']]}}]
                        }]
                      }
                     ],
             {'ok', 'lager', Beam} = compile:forms(Forms),
             {'module', 'lager'} = code:load_binary('lager', "lager.beam", Beam),
             Lager = spawn(fun() -> receive 'stop' -> 'ok' end end),
             'true' = register('lager_event', Lager),
             Lager
     end
    ,fun(Lager) ->
             _ = Lager ! 'stop',
             'true' = code:delete('lager'),
             code:purge('lager')
     end
    ,[fun() ->
              'ok' = ci_log:log('info', "number ~b", [1]),
              ?assertEqual({'info', "call_inspector: number ~b", [1]}, logged())
      end
     ,fun() ->
              'ok' = ci_log:log('info', "started ~ts", [<<"a\e[2J">>]),
              ?assertEqual({'info', "call_inspector: ~ts", ["started a\\x{1b}[2J"]}, logged())
      end
     ,fun() ->
              _ = ['ok' = ci_log:seldom('test', 'warning', "number ~b", [N]) || N <- [1, 2, 3]],
              ?assertEqual({'warning', "call_inspector: number ~b", [1]}, logged()),
              ?assertEqual('nothing', logged())
      end
     ]
    }.

logged() -> receive {_Level, _Format, _Args}=Logged -> Logged after 0 -> 'nothing' end.
