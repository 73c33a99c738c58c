%%% @doc The application where Kazoo is: Kazoo's modules have stand-ins (tests/kazoo), the broker is
%%% a real RabbitMQ of this suite's own, each inspector runs in a VM of its own.
-module(kazoo_SUITE).

-include_lib("common_test/include/ct.hrl").
-include_lib("stdlib/include/assert.hrl").

-export([all/0
        ,groups/0
        ,suite/0
        ,init_per_group/2
        ,end_per_group/2
        ,init_per_suite/1
        ,end_per_suite/1
        ,init_per_testcase/2
        ,end_per_testcase/2
        ]).
-export([starts_what_kazoo_has_configured/1
        ,answers_a_lookup/1
        ,answers_a_filter/1
        ,answers_a_process_behind_a_queue/1
        ,answers_another_zone/1
        ,survives_a_server_id_that_is_nonsense/1
        ,counts_what_it_does_not_understand/1
        ,keeps_events_of_calls/1
        ,joins_what_one_interaction_led_to/1
        ,leaves_events_of_calls_alone_if_so_configured/1
        ,survives_a_killed_listener_and_a_killed_program/1
        ,gathers_what_others_have/1
        ,says_goodbye/1
        ,survives_a_restarted_broker/1
        ,is_laid_out_as_kazoos_applications_are/1
        ,fits_a_kazoo_tree/1
        ]).

-import(ci_test_verbs, [free_port/0, free_ports/1, id/1, replay/2, runs/1, wait_until/1]).

-define(CALL, <<"kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1">>).
-define(MESSAGES_OF_CALL, 20).
-define(RABBIT, "/usr/lib/rabbitmq/lib/rabbitmq_server-*/").
-define(BROKER, 'kazoo_SUITE_broker').
-define(ANSWER_MS, 10000). % a sanitizer on a busy machine; Crossbar waits for 2000
-define(ASK_AGAIN_MS, 1000). % where there may be nobody yet

suite() -> [{'timetrap', {'minutes', 4}}].

all() ->
    [{'group', 'kazoo_4_2'}
    ,{'group', 'kazoo_4_3'}
    ,'is_laid_out_as_kazoos_applications_are'
    ,'fits_a_kazoo_tree'
    ].

%% The stand-ins are as the one's and as the other's.
groups() -> [{Version, [], with_each_kazoo()} || Version <- ['kazoo_4_2', 'kazoo_4_3']].

with_each_kazoo() ->
    ['starts_what_kazoo_has_configured'
    ,'answers_a_lookup'
    ,'answers_a_filter'
    ,'answers_a_process_behind_a_queue'
    ,'answers_another_zone'
    ,'survives_a_server_id_that_is_nonsense'
    ,'counts_what_it_does_not_understand'
    ,'keeps_events_of_calls'
    ,'joins_what_one_interaction_led_to'
    ,'leaves_events_of_calls_alone_if_so_configured'
    ,'survives_a_killed_listener_and_a_killed_program'
    ,'gathers_what_others_have'
    ,'says_goodbye'
    ,'survives_a_restarted_broker'
    ].

init_per_suite(Config) ->
    case {code:which('peer'), filelib:wildcard(?RABBIT)} of
        {'non_existing', _} -> {'skip', "needs OTP 25"};
        {_, []} -> {'skip', "rabbitmq-server is not installed"};
        {_, [Rabbit | _]} -> start_broker([{'rabbit', Rabbit} | Config])
    end.

end_per_suite(Config) ->
    stop_broker(?config('broker', Config)).

init_per_group(Version, Config) ->
    [{'kazoo', Version}, {'stand_ins', stand_ins(Version, Config)} | Config].

end_per_group(_Version, _Config) -> 'ok'.

init_per_testcase(Case, Config) ->
    {'ok', Asker} = ci_asker:connect(broker_port(Config)),
    [{'case', Case}, {'asker', Asker} | Config].

end_per_testcase(_Case, Config) -> ci_asker:close(?config('asker', Config)).

%%%-------------------------------------------------------------------------------------------------
%%% Configuration

starts_what_kazoo_has_configured(Config) ->
    [First, Second] = free_ports(2),
    Hep = fun(Port) -> #{<<"type">> => <<"hep">>, <<"ip">> => <<"127.0.0.1">>, <<"port">> => Port} end,
    Parsers = #{<<"proxies">> => Hep(First)
               ,<<"media servers">> => Hep(integer_to_binary(Second))
               ,<<"pigeons">> => #{<<"type">> => <<"carrier_pigeon">>}
               ,<<"nonsense">> => <<"hep">>
               },
    Peer = inspector(Parsers, Config),
    ?assertEqual([id(Second), id(First)], [Id || {Id, _Words} <- peer:call(Peer, 'ci_state', 'wanted', [])]),
    {'ok', Active} = peer:call(Peer, 'call_inspector', 'command', [['list_active_parsers']]),
    ?assertEqual(iolist_to_binary(["'", id(First), "'\n'", id(Second), "'\n"]), Active),
    Children = peer:call(Peer, 'supervisor', 'which_children', ['call_inspector_sup']),
    ?assertEqual(['ci_call_events', 'ci_listener', 'ci_port', 'ci_state'], [Id || {Id, _, _, _} <- Children]),
    'ok' = stop(Peer).

%%%-------------------------------------------------------------------------------------------------
%%% Requests

answers_a_lookup(Config) ->
    Peer = inspector_with_call(Config),
    {#{<<"Chunks">> := Chunks}=Answer, 'undefined'} = lookup(?CALL, Config),
    {'ok', Details} = peer:call(Peer, 'call_inspector', 'command', [['callid_details', ?CALL]]),
    ?assertEqual(?MESSAGES_OF_CALL, length(Chunks)),
    ?assertEqual(jsx:decode(Details, ['return_maps']), Chunks),
    Node = atom_to_binary(peer:call(Peer, 'erlang', 'node', []), 'utf8'),
    ?assertMatch(#{<<"App-Name">> := <<"call_inspector">>
                  ,<<"App-Version">> := _
                  ,<<"Event-Category">> := <<"call_inspector">>
                  ,<<"Event-Name">> := <<"lookup_resp">>
                  ,<<"Node">> := Node
                  ,<<"Dialog-Entities">> := [_, _ | _]
                  ,<<"Analysis">> := [#{<<"outcome">> := <<"answered">>}]
                  }
                ,Answer
                ),
    ?assertNot(maps:is_key(<<"Missing">>, Answer)),
    {Nothing, 'undefined'} = lookup(<<"nobody@knows">>, Config),
    ?assertMatch(#{<<"Chunks">> := [], <<"Dialog-Entities">> := [], <<"Analysis">> := []}, Nothing),
    'ok' = stop(Peer).

answers_a_filter(Config) ->
    Peer = inspector_with_call(Config),
    Request = #{<<"Call-IDs">> => [<<"nobody@knows">>, ?CALL]},
    {Answer, 'undefined'} = ask(<<"filter">>, Request, queue(Config), Config),
    ?assertMatch(#{<<"Event-Name">> := <<"filter_resp">>, <<"Call-IDs">> := [?CALL]}, Answer),
    'ok' = stop(Peer).

answers_a_process_behind_a_queue(Config) ->
    Peer = inspector_with_call(Config),
    ServerId = <<"pid://<0.228.0>/", (queue(Config))/binary>>,
    {Answer, Headers} = ask(<<"lookup">>, #{<<"Call-ID">> => ?CALL}, ServerId, Config),
    ?assertMatch(#{<<"Event-Name">> := <<"lookup_resp">>}, Answer),
    ?assertMatch([{<<"Deliver-To-PID">>, _Type, <<"<0.228.0>">>}], Headers),
    'ok' = stop(Peer).

%% A federator puts itself before the Server-ID: what is published goes by its connection.
answers_another_zone(Config) ->
    Peer = inspector_with_call(Config),
    ServerId = <<"consumer://<0.228.0>/", (queue(Config))/binary>>,
    {Answer, 'undefined'} = ask(<<"lookup">>, #{<<"Call-ID">> => ?CALL}, ServerId, Config),
    ?assertMatch(#{<<"Chunks">> := [_ | _]}, Answer),
    'ok' = stop(Peer).

survives_a_server_id_that_is_nonsense(Config) ->
    Peer = inspector_with_call(Config),
    Listener = peer:call(Peer, 'erlang', 'whereis', ['ci_listener']),
    _ = [publish(<<"lookup">>, request(<<"lookup">>, #{<<"Call-ID">> => ?CALL}, ServerId), Config)
         || ServerId <- [<<"consumer://">>, <<"pid://">>, <<"pid:///">>, binary:copy(<<"x">>, 300)]
        ],
    _ = publish(<<"lookup">>, #{<<"Event-Name">> => <<"lookup_req">>}, Config),
    {#{<<"Chunks">> := [_ | _]}, 'undefined'} = lookup(?CALL, Config),
    ?assertEqual(Listener, peer:call(Peer, 'erlang', 'whereis', ['ci_listener'])),
    'ok' = stop(Peer).

%% Kazoo's next version may hand over something else again; a message may hold what JSON cannot.
counts_what_it_does_not_understand(Config) ->
    Peer = inspector_with_call(Config),
    State = {'state', 'undefined', 'false', 'false'},
    Nobody = [{'deliver', {'of', 'another', 'kind'}}, {'auth_key', "s3cret"}],
    _ = [?assertMatch({'ignore', _Complained}, peer:call(Peer, 'ci_listener', 'handle_event', [{[]}, Nobody, State]))
         || _ <- [1, 2, 3]
        ],
    'ok' = wait_until(fun() -> malformed(<<"not_understood">>, Peer) =:= 3 end),
    'ok' = publish_term({[{<<"Call-ID">>, self()}]}, Config),
    'ok' = wait_until(fun() -> malformed(<<"not_understood">>, Peer) =:= 4 end),
    {#{<<"Chunks">> := [_ | _]}, 'undefined'} = lookup(?CALL, Config),
    'ok' = stop(Peer).

%% A bridge of the call's channel with one of which there is no SIP: both are legs of one call.
keeps_events_of_calls(Config) ->
    Peer = inspector_with_call(Config),
    Other = <<"0a1b2c3d-other-leg">>,
    'ok' = wait_until(fun() ->
                              event(<<"CHANNEL_BRIDGE">>, ?CALL, #{<<"Other-Leg-Call-ID">> => Other}, Config),
                              stored_events(Peer) > 0
                      end),
    event(<<"CHANNEL_DESTROY">>, Other, #{<<"Other-Leg-Call-ID">> => ?CALL
                                         ,<<"Hangup-Cause">> => <<"NORMAL_CLEARING">>
                                         ,<<"Custom-SIP-Headers">> => #{<<"X-Secret">> => <<"s3cret">>}
                                         ,<<"Remote-SDP">> => binary:copy(<<"a=x\r\n">>, 2000)
                                         }, Config),
    event(<<"CHANNEL_ANSWER">>, Other, #{}, Config), % not asked for
    'ok' = wait_until(fun() -> length(legs(?CALL, Peer)) =:= 2 end),
    [#{<<"call-id">> := ?CALL}, #{<<"call-id">> := Other, <<"joined_by">> := [Proof | _]}] = legs(?CALL, Peer),
    ?assertMatch(#{<<"evidence">> := <<"channel">>, <<"sure">> := 'true', <<"with">> := ?CALL}, Proof),
    'ok' = wait_until(fun() -> length(chunks_of(Other, Peer)) =:= 1 end),
    [#{<<"event">> := <<"kazoo">>, <<"label">> := Label, <<"raw">> := Raw}] = chunks_of(Other, Peer),
    ?assertEqual(<<"CHANNEL_DESTROY with ", ?CALL/binary, ", NORMAL_CLEARING">>, Label),
    ?assert(lists:member(<<"Other-Leg-Call-ID: ", ?CALL/binary>>, Raw)),
    ?assertEqual('nomatch', binary:match(iolist_to_binary(Raw), [<<"s3cret">>, <<"a=x">>])),
    'ok' = publish_event(<<"CHANNEL_BRIDGE">>, ?CALL, <<"[]">>, Config),
    'ok' = wait_until(fun() -> maps:get(<<"malformed">>, call_events(Peer), #{}) =:= #{<<"not_json">> => 1} end),
    'ok' = stop(Peer).

%% A fork that was never bridged, and one that was: Kazoo gives all the same interaction.
joins_what_one_interaction_led_to(Config) ->
    Peer = inspector_with_call(Config),
    Variables = #{<<"Custom-Channel-Vars">> => #{<<"Call-Interaction-ID">> => <<"63670304795-386ddd58">>}},
    'ok' = wait_until(fun() ->
                              event(<<"CHANNEL_DESTROY">>, <<"fork">>, Variables, Config),
                              stored_events(Peer) > 0
                      end),
    event(<<"CHANNEL_DESTROY">>, ?CALL, Variables, Config),
    event(<<"CHANNEL_DESTROY">>, <<"stranger">>, #{}, Config),
    'ok' = wait_until(fun() -> length(legs(<<"fork">>, Peer)) =:= 2 end),
    ?assertEqual(1, length(legs(<<"stranger">>, Peer))),
    'ok' = stop(Peer).

leaves_events_of_calls_alone_if_so_configured(Config) ->
    Peer = inspector(#{}, "", [{'settings', #{<<"call_events">> => 'false'}} | Config]),
    ?assertEqual('undefined', peer:call(Peer, 'erlang', 'whereis', ['ci_call_events'])),
    'ok' = stop(Peer),
    Other = inspector(#{}, "", [{'env', [{'call_events', 'false'}]} | Config]),
    ?assertEqual('undefined', peer:call(Other, 'erlang', 'whereis', ['ci_call_events'])),
    'ok' = stop(Other).

%% As ecallmgr publishes it (kapi_call).
event(Name, CallId, Members, Config) ->
    Event = Members#{<<"Call-ID">> => CallId
                    ,<<"Event-Name">> => Name
                    ,<<"Event-Category">> => <<"call_event">>
                    ,<<"Switch-Nodename">> => <<"freeswitch@fs1.example.com">>
                    ,<<"App-Name">> => <<"ecallmgr">>
                    ,<<"App-Version">> => <<"4.0.0">>
                    ,<<"Msg-ID">> => <<"1700000000000000">>
                    },
    publish_event(Name, CallId, jsx:encode(Event), Config).

%% Kazoo encodes what a routing key cannot hold.
publish_event(Name, CallId, Body, Config) ->
    Encoded = binary:replace(binary:replace(CallId, <<".">>, <<"%2E">>, ['global']), <<"@">>, <<"%40">>, ['global']),
    ci_asker:publish_event(<<"call.", Name/binary, ".", Encoded/binary>>, Body, ?config('asker', Config)).

call_events(Peer) ->
    {'ok', Stats} = peer:call(Peer, 'call_inspector', 'command', [['amqp_stats']]),
    maps:get(<<"call_events">>, jsx:decode(Stats, ['return_maps'])).

stored_events(Peer) -> maps:get(<<"stored">>, call_events(Peer)).

legs(CallId, Peer) ->
    {'ok', Text} = peer:call(Peer, 'call_inspector', 'command', [['call_legs', CallId]]),
    maps:get(<<"legs">>, jsx:decode(Text, ['return_maps'])).

chunks_of(CallId, Peer) ->
    {'ok', Text} = peer:call(Peer, 'call_inspector', 'command', [['callid_details', CallId]]),
    jsx:decode(Text, ['return_maps']).

malformed(Why, Peer) ->
    {'ok', Stats} = peer:call(Peer, 'call_inspector', 'command', [['amqp_stats']]),
    #{<<"malformed">> := #{Why := Count}} = jsx:decode(Stats, ['return_maps']),
    Count.

survives_a_killed_listener_and_a_killed_program(Config) ->
    Peer = inspector_with_call(Config),
    'true' = peer:call(Peer, 'erlang', 'apply', [fun() -> exit(whereis('ci_listener'), 'kill') end, []]),
    'ok' = wait_until(fun() -> is_answered(Config) end),
    OsPid = peer:call(Peer, 'ci_state', 'program', []),
    _ = os:cmd("kill -9 " ++ integer_to_list(OsPid)),
    'ok' = wait_until(fun() -> not runs(OsPid) end),
    'ok' = wait_until(fun() -> is_answered(Config) end),
    'ok' = stop(Peer).

%% Two inspectors, each with what one of two proxies saw: both answer with the whole call.
gathers_what_others_have(Config) ->
    First = inspector_that_heard(["kam2_hep3_skew-3.2s/p1.bin"], "first", Config),
    Second = inspector_that_heard(["kam2_hep3_skew-3.2s/p2.bin"], "second", Config),
    Parts = [begin
                 {'ok', Text} = peer:call(Peer, 'call_inspector', 'command', [['callid_details', ?CALL]]),
                 length(jsx:decode(Text))
             end
             || Peer <- [First, Second]
            ],
    ?assert(lists:max(Parts) < ?MESSAGES_OF_CALL),
    'ok' = wait_until(fun() -> both_answer_with(?MESSAGES_OF_CALL, Config) end),
    _ = os:cmd("kill -9 " ++ peer:call(Second, 'os', 'getpid', [])),
    {#{<<"Missing">> := [_]}, 'undefined'} = lookup(?CALL, Config),
    'ok' = stop(First).

%% Who stops says so: nobody waits for it, and no answer names it.
says_goodbye(Config) ->
    First = inspector_that_heard(["kam2_hep3_skew-3.2s/p1.bin"], "first", Config),
    Second = inspector_that_heard(["kam2_hep3_skew-3.2s/p2.bin"], "second", Config),
    'ok' = wait_until(fun() -> both_answer_with(?MESSAGES_OF_CALL, Config) end),
    'ok' = peer:call(Second, 'application', 'stop', ['call_inspector']),
    {Answer, 'undefined'} = lookup(?CALL, Config),
    ?assertNot(maps:is_key(<<"Missing">>, Answer)),
    'ok' = stop(Second),
    'ok' = stop(First).

both_answer_with(Count, Config) ->
    case chunks(Config) of
        {MsgId, Count} -> {MsgId, Count} =:= chunks(answer(MsgId, ?ASK_AGAIN_MS), MsgId);
        _NotYet -> 'false'
    end.

survives_a_restarted_broker(Config) ->
    Peer = inspector_with_call(Config),
    Listener = peer:call(Peer, 'erlang', 'whereis', ['ci_listener']),
    'ok' = restart_broker(?config('broker', Config)),
    {'ok', Asker} = ci_asker:connect(broker_port(Config)),
    'ok' = wait_until(fun() -> is_answered([{'asker', Asker} | Config]) end),
    ?assertEqual(Listener, peer:call(Peer, 'erlang', 'whereis', ['ci_listener'])),
    'ok' = ci_asker:close(Asker),
    'ok' = stop(Peer).

%%%-------------------------------------------------------------------------------------------------
%%% A real Kazoo

%% What `make kazoo-app' leaves: Kazoo's build compiles it (its options), its releases run it.
is_laid_out_as_kazoos_applications_are(Config) ->
    Dir = filename:join(?config('priv_dir', Config), "app"),
    ?assertEqual("", os:cmd(ci_test_data:file("../erl/kazoo/app.sh") ++ " '" ++ Dir ++ "'")),
    App = filename:join(Dir, "call_inspector"),
    Built = consult_app(filename:join(App, "ebin/call_inspector.app")),
    ?assert(lists:member('kazoo_amqp', proplists:get_value('applications', Built))),
    Modules = proplists:get_value('modules', Built),
    ?assertEqual([], [Module || Module <- Modules
                                    ,not filelib:is_regular(filename:join([App, "ebin", atom_to_list(Module) ++ ".beam"]))
                     ]),
    {'ok', Source} = file:read_file(filename:join(App, "src/call_inspector.app.src")),
    _ = [?assertMatch({'match', _}, re:run(Source, Seen)) || Seen <- ["{modules,\\s*\\[\\]}", "{vsn,[^}]*}"]],
    ?assert(filelib:is_regular(filename:join(App, "priv/call_inspector"))),
    ?assert(filelib:is_regular(filename:join(App, "deps.mk"))), % else Kazoo's make complains
    'ok' = compile_all(filename:join(App, "src"), Config).

consult_app(File) ->
    {'ok', [{'application', 'call_inspector', Keys}]} = file:consult(File),
    Keys.

%% With the options of Kazoo's make.
compile_all(Source, Config) ->
    Options = ['return', 'warnings_as_errors', 'warn_export_all', 'warn_missing_spec', 'debug_info'
              ,'warn_unused_import', 'warn_unused_vars', {'outdir', ?config('priv_dir', Config)}
              ],
    Compiled = [compile:file(File, Options) || File <- filelib:wildcard(filename:join(Source, "*.erl"))],
    ?assertMatch([_ | _], Compiled),
    ?assertEqual([], [Other || Other <- Compiled, not is_clean(Other)]).

is_clean({'ok', _Module, Warnings}) -> Warnings =:= [];
is_clean(_Error) -> 'false'.

%% KAZOO_ROOT names its source tree: what we call is there, under that name, with so many
%% arguments.
fits_a_kazoo_tree(_Config) ->
    case os:getenv("KAZOO_ROOT") of
        'false' -> {'skip', "KAZOO_ROOT names no Kazoo tree"};
        Root ->
            Called = [{"core/kazoo_amqp/src/gen_listener.erl", ["start_link/4", "routing_key_used/1"]}
                     ,{"core/kazoo_amqp/src/*amqp_util.erl", ["basic_publish/5"]}
                     ,{"core/kazoo_amqp/src/api/kapi_inspector.erl", ["bind_q/2"]}
                     ,{"core/kazoo_amqp/src/api/kapi_self.erl", ["bind_q/2"]}
                     ,{"core/kazoo_amqp/src/api/kapi_call.erl", ["bind_q/2", "declare_exchanges/0"]}
                     ,{"core/kazoo_stdlib/src/kz_json.erl", ["encode/1", "is_json_object/1", "to_proplist/1"]}
                     ,{"core/kazoo_*/src/kapps_config.erl", ["get/2"]} % it moved
                     ],
            ?assertEqual([], [{File, Function} || {File, Functions} <- Called
                                                      ,Function <- Functions
                                                      ,not exports(Root, File, Function)
                             ]),
            Listener = source(Root, "core/kazoo_amqp/src/gen_listener.erl"),
            _ = [?assertMatch({_Why, {'match', _}}, {Why, re:run(Listener, Seen, ['dotall'])})
                 || {Why, Seen} <- what_the_listener_relies_on()
                ],
            Version = version_of(Listener),
            ?assert(lists:member(Version, ['kazoo_4_2', 'kazoo_4_3'])),
            ?assertEqual(Version =:= 'kazoo_4_2', filelib:is_regular(filename:join(Root, "core/kazoo_amqp/src/amqp_util.erl")))
    end.

%% As the stand-in of gen_listener has it.
what_the_listener_relies_on() ->
    [{"messages about itself", "gen_server:cast\\(self\\(\\), \\{\\?MODULE, \\{'created_queue', Q\\}\\}\\)"}
    ,{"and its consumer", "gen_server:cast\\(self\\(\\), \\{\\?MODULE, \\{'is_consuming', 'true'\\}\\}\\)"}
    ,{"what handle_event may return", "'ignore' -> 'ignore';\\s*\\{'ignore', _NewModuleState\\} = Reply -> Reply"}
    ,{"the key is in the deliver", "routing_key_used\\(#'basic.deliver'\\{routing_key=RoutingKey\\}\\)"}
    ,{"handle_event is looked for", "responder_mfa\\(Module, 'handle_event'\\)"}
    ,{"goodbye by terminate", "catch Module:terminate\\(Reason, ModuleState\\)"}
    ].

%% By what it hands to handle_event/3.
version_of(Listener) ->
    Shapes = [{'kazoo_4_2', "catch Module:Fun\\(JObj, BasicDeliver, ModuleState\\)"}
             ,{'kazoo_4_3', "Props = \\[\\{'queue', Queue\\}\\s*,\\{'basic', Basic\\}\\s*,\\{'deliver', Deliver\\}.*"
               "catch Module:Fun\\(JObj, Props, ModuleState\\)"
              }
             ],
    case [Version || {Version, Seen} <- Shapes, re:run(Listener, Seen, ['dotall']) =/= 'nomatch'] of
        [Version] -> Version;
        Other -> Other
    end.

source(Root, File) ->
    {'ok', Source} = file:read_file(filename:join(Root, File)),
    Source.

exports(Root, Wildcard, Function) ->
    lists:any(fun(File) ->
                      {'ok', Source} = file:read_file(File),
                      re:run(Source, "[ [,]" ++ Function ++ "[^0-9]") =/= 'nomatch'
              end
             ,filelib:wildcard(filename:join(Root, Wildcard))
             ).

%%%-------------------------------------------------------------------------------------------------
%%% Inspectors

inspector(Parsers, Config) -> inspector(Parsers, "", Config).

%% Nothing that Kazoo would have logged as a crash has happened.
stop(Peer) ->
    ?assertEqual([], peer:call(Peer, 'gen_listener', 'crashes', [])),
    'ok' = peer:stop(Peer).

%% Where its calls are: below the test's directory.
inspector(Parsers, Name, Config) ->
    {'ok', Peer, _Node} = peer:start_link(#{'connection' => 'standard_io'}), % gone with its test
    'ok' = peer:call(Peer, 'code', 'add_pathsa', [code:get_path()]),
    'true' = peer:call(Peer, 'code', 'add_patha', [?config('stand_ins', Config)]), % amqp_client has an amqp_util, too
    {'ok', _} = peer:call(Peer, 'application', 'ensure_all_started', ['amqp_client'], 30000),
    'ok' = peer:call(Peer, 'application', 'load', ['call_inspector']),
    Root = filename:join([?config('priv_dir', Config), ?config('kazoo', Config), ?config('case', Config), Name]),
    Env = [{'root', Root}
          ,{'test_broker', broker_port(Config)}
          ,{'test_config', jsx:encode(maps:put(<<"startup_parsers">>, Parsers, proplists:get_value('settings', Config, #{})))}
           | proplists:get_value('env', Config, [])
          ],
    _ = ['ok' = peer:call(Peer, 'application', 'set_env', ['call_inspector', Key, Value])
         || {Key, Value} <- Env
        ],
    {'ok', _} = peer:call(Peer, 'application', 'ensure_all_started', ['call_inspector'], 30000),
    Peer.

inspector_with_call(Config) ->
    Peer = inspector_that_heard(["kam2_hep3_skew-3.2s/p1.bin", "kam2_hep3_skew-3.2s/p2.bin"], "", Config),
    'ok' = wait_until(fun() -> is_answered(Config) end),
    Peer.

%% Each recording by a parser of its own.
inspector_that_heard(Recordings, Name, Config) ->
    Peer = inspector(#{}, Name, Config),
    Ask = fun(Words) -> peer:call(Peer, 'call_inspector', 'command', [Words]) end,
    _ = [begin
             Port = free_port(),
             {'ok', _} = Ask(['start_hep_parser', "127.0.0.1", Port]),
             'ok' = replay(Recording, Port)
         end
         || Recording <- Recordings
        ],
    Expected = length(lists:append([ci_test_data:recording(Recording) || Recording <- Recordings])),
    'ok' = wait_until(fun() ->
                              {'ok', Stats} = Ask(['store_stats']),
                              maps:get(<<"received">>, jsx:decode(Stats, ['return_maps'])) >= Expected
                      end),
    Peer.

%%%-------------------------------------------------------------------------------------------------
%%% Who asks: Crossbar, by RabbitMQ's own client

lookup(CallId, Config) ->
    {_, _} = ask(<<"lookup">>, #{<<"Call-ID">> => CallId}, queue(Config), Config).

is_answered(Config) ->
    {_MsgId, Count} = chunks(Config),
    Count =:= ?MESSAGES_OF_CALL.

%% How many messages the first answer has.
chunks(Config) ->
    MsgId = asked(<<"lookup">>, #{<<"Call-ID">> => ?CALL}, queue(Config), Config),
    chunks(answer(MsgId, ?ASK_AGAIN_MS), MsgId).

chunks({#{<<"Chunks">> := Chunks}, _Headers}, MsgId) -> {MsgId, length(Chunks)};
chunks('timeout', MsgId) -> {MsgId, 'timeout'}.

ask(Key, Fields, ServerId, Config) ->
    answer(asked(Key, Fields, ServerId, Config), ?ANSWER_MS).

asked(Key, Fields, ServerId, Config) ->
    #{<<"Msg-ID">> := MsgId} = Request = request(Key, Fields, ServerId),
    'ok' = publish(Key, Request, Config),
    MsgId.

%% Msg-ID, Server-ID and the others as Crossbar has them.
request(Key, Fields, ServerId) ->
    MsgId = integer_to_binary(erlang:unique_integer(['positive']), 16),
    maps:merge(Fields, #{<<"Server-ID">> => ServerId
                        ,<<"Node">> => <<"kzc@localhost">>
                        ,<<"System-Log-ID">> => MsgId
                        ,<<"Msg-ID">> => MsgId
                        ,<<"Event-Name">> => <<Key/binary, "_req">>
                        ,<<"Event-Category">> => <<"call_inspector">>
                        ,<<"App-Version">> => <<"4.0.0">>
                        ,<<"App-Name">> => <<"crossbar">>
                        }).

publish(Key, Request, Config) ->
    ci_asker:publish(<<"call_inspector.", Key/binary>>, jsx:encode(Request), ?config('asker', Config)).

%% In Erlang's own format, which Kazoo takes as well.
publish_term(Term, Config) ->
    ci_asker:publish_term(<<"call_inspector.lookup">>, Term, ?config('asker', Config)).

queue(Config) -> ci_asker:queue(?config('asker', Config)).

answer(MsgId, Ms) -> answer_until(MsgId, erlang:monotonic_time('millisecond') + Ms).

%% Answers to earlier questions are thrown away.
answer_until(MsgId, Deadline) ->
    case ci_asker:next(max(0, Deadline - erlang:monotonic_time('millisecond'))) of
        'timeout' -> 'timeout';
        {'ok', Headers, Body} ->
            case jsx:decode(Body, ['return_maps']) of
                #{<<"Msg-ID">> := MsgId}=Answer -> {Answer, Headers};
                _Other -> answer_until(MsgId, Deadline)
            end
    end.

%%%-------------------------------------------------------------------------------------------------
%%% The broker: whoever runs the tests starts it, on ports of its own, out of the way of others

start_broker(Config) ->
    Rabbit = ?config('rabbit', Config),
    _ = [code:add_patha(Ebin)
         || Name <- ["amqp_client", "rabbit_common", "credentials_obfuscation", "recon", "jsx"],
            Ebin <- filelib:wildcard(filename:join([Rabbit, "plugins", Name ++ "-*", "ebin"]))
        ],
    {'ok', _Started} = application:ensure_all_started('amqp_client'),
    Asker = filename:join(stand_ins('kazoo_4_3', Config), "ci_asker"),
    {'module', 'ci_asker'} = code:load_abs(Asker),
    [Port, DistPort, EpmdPort] = free_ports(3),
    Broker = #{'rabbit' => Rabbit
              ,'dir' => filename:join(?config('priv_dir', Config), "rabbit")
              ,'port' => Port
              ,'dist_port' => DistPort
              ,'epmd_port' => EpmdPort
              },
    'ok' = run_broker(Broker),
    [{'broker', Broker} | Config].

%% Compiled to where no other version's are.
stand_ins(Version, Config) ->
    {Dir, Defines} = case Version of
                         'kazoo_4_2' -> {"4.2", [{'d', 'KAZOO_4_2'}]};
                         'kazoo_4_3' -> {"4.3", []}
                     end,
    StandIns = filename:join([?config('priv_dir', Config), "stand_ins", Dir]),
    'ok' = filelib:ensure_dir(filename:join(StandIns, "x")),
    Options = ['report', {'outdir', StandIns}, {'i', filename:join(?config('rabbit', Config), "plugins")} | Defines],
    _ = [{'ok', _} = compile:file(File, Options)
         || Wildcard <- ["kazoo/*.erl", "kazoo/" ++ Dir ++ "/*.erl"],
            File <- filelib:wildcard(ci_test_data:file(Wildcard))
        ],
    StandIns.

%% A shell between us and it: at the end of its input, which comes with our death at the latest,
%% it ends what it started.
run_broker(#{'rabbit' := Rabbit, 'dir' := Dir}=Broker) ->
    'ok' = filelib:ensure_dir(filename:join(Dir, "x")),
    Script = "trap '' HUP; '" ++ filename:join(Rabbit, "sbin/rabbitmq-server") ++ "' >>\"$HOME/output\" 2>&1 </dev/null &"
        " cat >/dev/null; kill -9 $! $(cat \"$RABBITMQ_PID_FILE\"); wait; epmd -kill",
    Options = [{'args', ["-c", Script]}, {'env', broker_env(Broker)}, 'exit_status'],
    'true' = register(?BROKER, spawn(fun() -> keep_broker(Options) end)),
    await_broker(Broker).

%% The process of init_per_suite ends, and a port ends with its owner.
keep_broker(Options) ->
    Port = open_port({'spawn_executable', "/bin/sh"}, Options),
    receive 'stop' -> 'true' = port_close(Port) end.

broker_env(#{'dir' := Dir, 'port' := Port, 'dist_port' := DistPort, 'epmd_port' := EpmdPort}) ->
    Below = fun(Name) -> filename:join(Dir, Name) end,
    [{"HOME", Dir} % the cookie's place
    ,{"ERL_EPMD_PORT", integer_to_list(EpmdPort)}
    ,{"ERL_EPMD_ADDRESS", "127.0.0.1"}
    ,{"ERL_EPMD_RELAXED_COMMAND_CHECK", "true"} % it may be killed when it still knows of somebody
    ,{"RABBITMQ_NODENAME", "ci_" ++ os:getpid() ++ "@localhost"}
    ,{"RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"}
    ,{"RABBITMQ_NODE_PORT", integer_to_list(Port)}
    ,{"RABBITMQ_DIST_PORT", integer_to_list(DistPort)}
    ,{"RABBITMQ_MNESIA_BASE", Below("mnesia")}
    ,{"RABBITMQ_LOG_BASE", Below("log")}
    ,{"RABBITMQ_PID_FILE", Below("pid")}
    ,{"RABBITMQ_CONF_ENV_FILE", Below("none.env")}
    ,{"RABBITMQ_CONFIG_FILE", Below("none.conf")}
    ,{"RABBITMQ_ADVANCED_CONFIG_FILE", Below("none.config")}
    ,{"RABBITMQ_ENABLED_PLUGINS_FILE", Below("no_plugins")}
    ,{"RABBITMQ_FEATURE_FLAGS_FILE", Below("feature_flags")}
    ,{"RABBITMQ_QUORUM_DIR", Below("quorum")}
    ,{"RABBITMQ_STREAM_DIR", Below("stream")}
    ,{"RABBITMQ_GENERATED_CONFIG_DIR", Below("generated")}
    ].

broker_port(Config) -> maps:get('port', ?config('broker', Config)).

await_broker(#{'port' := Port}) ->
    wait_until(fun() ->
                       case ci_asker:connect(Port) of
                           {'ok', Asker} -> ci_asker:close(Asker) =:= 'ok';
                           {'error', _NotYet} -> 'false'
                       end
               end).

restart_broker(#{'dir' := Dir}=Broker) ->
    'ok' = stop_broker(Broker),
    _ = file:del_dir_r(filename:join(Dir, "mnesia")),
    run_broker(Broker).

stop_broker(#{'port' := Port}) ->
    Ref = monitor('process', ?BROKER),
    _ = ?BROKER ! 'stop',
    receive {'DOWN', Ref, 'process', _Keeper, _Reason} -> 'ok' end,
    wait_until(fun() -> gen_tcp:connect({127, 0, 0, 1}, Port, []) =:= {'error', 'econnrefused'} end).
