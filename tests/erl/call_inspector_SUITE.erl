%%% @doc The application with the real program; CALL_INSPECTOR_PROGRAM chooses which.
-module(call_inspector_SUITE).

-include_lib("common_test/include/ct.hrl").
-include_lib("stdlib/include/assert.hrl").

-export([all/0
        ,suite/0
        ,init_per_testcase/2
        ,end_per_testcase/2
        ]).
-export([shows_a_recorded_call/1
        ,says_what_sup_prints_and_exits_with/1
        ,imports_what_kazoo_stored/1
        ,masks_what_it_is_told_to/1
        ,stores_as_it_is_told_to/1
        ,serves_its_site_where_it_is_told_to/1
        ,lists_and_pins_calls/1
        ,follows_calls_until_nobody_reads/1
        ,shows_no_key/1
        ,remembers_each_parser_once/1
        ,starts_the_configured_parsers/1
        ,starts_a_parser_whose_address_was_taken/1
        ,captures_and_imports/1
        ,lists_what_could_not_be_started/1
        ,gives_up_what_could_not_be_started/1
        ,exports_what_kazoo_reads/1
        ,reads_logs_as_soon_as_they_are_there/1
        ,has_every_command/1
        ,stops_its_program/1
        ,survives_a_killed_program/1
        ,survives_a_hung_program/1
        ,survives_a_killed_owner/1
        ,survives_a_killed_state_without_telling_keys/1
        ,gives_up_after_too_many_deaths/1
        ,leaves_no_program_behind_a_killed_vm/1
        ,answers_a_thousand_at_once/1
        ,answers_fifty_megabytes_and_others_meanwhile/1
        ,takes_as_many_messages_as_it_wants/1
        ,answers_sup_from_another_node/1
        ,prints_utf8_whatever_sups_device_is/1
        ]).

-define(CALL, <<"kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1">>).
-define(MESSAGES_OF_CALL, 20). % manifest.json: each message once, though two proxies saw some

-import(ci_test_verbs, [free_port/0, free_ports/1, id/1, replay/2, runs/1, wait_until/1]).

suite() -> [{'timetrap', {'minutes', 3}}].

all() ->
    ['shows_a_recorded_call'
    ,'says_what_sup_prints_and_exits_with'
    ,'imports_what_kazoo_stored'
    ,'masks_what_it_is_told_to'
    ,'stores_as_it_is_told_to'
    ,'serves_its_site_where_it_is_told_to'
    ,'lists_and_pins_calls'
    ,'follows_calls_until_nobody_reads'
    ,'shows_no_key'
    ,'remembers_each_parser_once'
    ,'starts_the_configured_parsers'
    ,'starts_a_parser_whose_address_was_taken'
    ,'captures_and_imports'
    ,'lists_what_could_not_be_started'
    ,'gives_up_what_could_not_be_started'
    ,'exports_what_kazoo_reads'
    ,'reads_logs_as_soon_as_they_are_there'
    ,'has_every_command'
    ,'stops_its_program'
    ,'survives_a_killed_program'
    ,'survives_a_hung_program'
    ,'survives_a_killed_owner'
    ,'survives_a_killed_state_without_telling_keys'
    ,'gives_up_after_too_many_deaths'
    ,'answers_a_thousand_at_once'
    ,'answers_fifty_megabytes_and_others_meanwhile'
    ,'takes_as_many_messages_as_it_wants'
    | [Case || Case <- ['leaves_no_program_behind_a_killed_vm', 'answers_sup_from_another_node'
                       ,'prints_utf8_whatever_sups_device_is'
                       ]
                   ,code:which('peer') =/= 'non_existing' % OTP 25
      ]
    ].

init_per_testcase(Case, Config) ->
    'ok' = application:load('call_inspector'),
    Root = filename:join(?config('priv_dir', Config), Case),
    'ok' = application:set_env('call_inspector', 'root', Root),
    [{'root', Root} | Config].

end_per_testcase(_Case, _Config) ->
    _ = application:stop('call_inspector'),
    'ok' = application:unload('call_inspector').

%%%-------------------------------------------------------------------------------------------------
%%% Commands

shows_a_recorded_call(_Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    'ok' = replay_call(First, Second),
    {'ok', Ladder} = call_inspector:command(["ladder", ?CALL]),
    ?assertMatch({_, _}, binary:match(Ladder, <<"INVITE">>)),
    {'ok', <<"{", _/binary>>} = call_inspector:command(['inspect_call_id', ?CALL]),
    {'ok', <<"ok\n">>} = call_inspector:command([<<"flush">>]),
    {'ok', <<"[]\n">>} = call_inspector:command([<<"callid_details">>, ?CALL]).

says_what_sup_prints_and_exits_with(_Config) ->
    'ok' = start(),
    Port = free_port(),
    Id = id(Port),
    Quoted = "'" ++ binary_to_list(Id) ++ "'\n",
    Started = "started " ++ Quoted,
    NotActive = {{'no_return', 2}, "no active parser " ++ Quoted},
    Commands =
        [{'list_active_parsers', [], {'no_return', ""}}
        ,{'start_hep_parser', [<<"127.0.0.1">>, integer_to_binary(Port)], {'no_return', Started}}
        ,{'start_hep_parser', ["127.0.0.1", Port], {'no_return', Started}}
        ,{'list_active_parsers', [], {'no_return', Quoted}}
        ,{'stop_active_parser', [Id], {'ok', ""}}
        ,{'stop_active_parser', [binary_to_atom(Id, 'utf8')], NotActive}
        ,{'callid_details', [<<"nobody@knows">>], {'no_return', "[]\n"}}
        ,{'flush', [], {'ok', ""}}
        ,{'flush', [<<"nobody@knows">>], {'ok', ""}}
        ],
    _ = [?assertEqual({F, Args, Expected}, {F, Args, run(F, Args)})
         || {F, Args, Expected} <- Commands
        ],
    {{'no_return', 2}, "failed to start parser: " ++ _} = run('start_hep_parser', ["nowhere", 1]),
    {{'no_return', 1}, "neither text nor a number: " ++ _} = run('flush', [{'x'}]),
    'ok' = application:stop('call_inspector'),
    %% SASL's report of the stop may come out behind it.
    {{'no_return', 2}, "call_inspector is not answering: the application is not running\n" ++ _} =
        run('flush', []).

imports_what_kazoo_stored(Config) ->
    'ok' = start(),
    Dir = filename:join(?config('priv_dir', Config), "kazoo"),
    'ok' = store_as_kazoo(Dir, <<"one">>),
    Imported = "{\"files\":1,\"imported\":1,\"already_there\":0,\"skipped\":{}}\n",
    ?assertEqual({'no_return', Imported}, run('import_kazoo', [Dir])),
    {'ok', Ladder} = call_inspector:command(["ladder", "one"]),
    ?assertMatch({_, _}, binary:match(Ladder, <<"BYE">>)),
    {{'no_return', 2}, "not an absolute path: " ++ _} = run('import_kazoo', ["kazoo"]).

%% As its ci_datastore and ci_chunk do: the file of a call by its md5, file:consult/1, and what the
%% order needs of each record.
exports_what_kazoo_reads(Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    'ok' = replay_call(First, Second),
    Dir = filename:join(?config('priv_dir', Config), "exported"),
    {'no_return', Exported} = run('export_kazoo', [Dir]),
    Files = filelib:wildcard(filename:join(Dir, "??/??/*")),
    Objects = lists:append([begin {'ok', Terms} = file:consult(File), Terms end || File <- Files]),
    ?assertEqual(lists:flatten(io_lib:format("{\"calls\":~b,\"exported\":~b,\"skipped\":{}}\n"
                                            ,[length(Files), length(Objects)]
                                            ))
                ,Exported
                ),
    _ = [begin
             {'object', CallId, Seconds, 'chunk', Chunk} = Object,
             {'ci_chunk', CallId, [Label | _]=Lines, Timestamp, Arrival, SrcIp, SrcPort, DstIp, DstPort
             ,Parser, Label, CSeq
             } = Chunk,
             'true' = is_integer(Seconds) andalso is_number(Timestamp) andalso is_float(Arrival),
             'true' = is_integer(SrcPort) andalso is_integer(DstPort),
             'true' = lists:all(fun erlang:is_binary/1, [SrcIp, DstIp, Parser | Lines]),
             [_Number, _Method] = binary:split(CSeq, <<" ">>),
             ?assert(filelib:is_regular(kazoos_file(Dir, CallId)))
         end
         || Object <- Objects
        ],
    ?assertMatch([_ | _], Objects),
    {'ok', Before} = call_inspector:command(['callid_details', ?CALL]),
    {'ok', _Flushed} = call_inspector:command(['flush']),
    {'no_return', _Imported} = run('import_kazoo', [Dir]),
    {'ok', After} = call_inspector:command(['callid_details', ?CALL]),
    ?assertEqual(shown(Before), shown(After)),
    {{'no_return', 2}, "cannot export: " ++ _} = run('export_kazoo', [Dir]).

%% What Kazoo keeps of a message: its times, its lines, its ends, whose it is; in order.
shown(Details) ->
    {'match', Shown} = re:run(Details
                             ,"\"timestamp\":[0-9.]+,\"ref_timestamp\":\"[0-9.]+\",\"label\":.*?\"crlfs\":[0-9],"
                              "\"src\":\"[^\"]+\",\"dst\":\"[^\"]+\",\"parser\":\"[^\"]+\""
                             ,['global', {'capture', 'all', 'binary'}]
                             ),
    ?assertEqual(?MESSAGES_OF_CALL, length(Shown)),
    Shown.

%% As its ci_datastore does it.
store_as_kazoo(Dir, CallId) ->
    Lines = [<<"BYE sip:b@example.com SIP/2.0">>, <<"Call-ID: ", CallId/binary>>, <<"CSeq: 2 BYE">>],
    Chunk = {'ci_chunk', CallId, Lines, 63587289600.25, 63587289600.75
            ,<<"192.0.2.1">>, 5060, <<"192.0.2.2">>, 5080
            ,<<"127.0.0.1:9060">>, hd(Lines), <<"2 BYE">>
            },
    File = kazoos_file(Dir, CallId),
    'ok' = filelib:ensure_dir(File),
    file:write_file(File, io_lib:fwrite("~p.\n", [{'object', CallId, 63587289600, 'chunk', Chunk}])).

kazoos_file(Dir, CallId) ->
    Md5 = [io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= erlang:md5(CallId)],
    [A, B | Rest] = [lists:flatten(Digits) || Digits <- Md5],
    filename:join([Dir, A, B, lists:append(Rest)]).

masks_what_it_is_told_to(_Config) ->
    _ = [?assertEqual({Env, Shown}, {Env, shown_with(Env)})
         || {Env, Shown} <- [{[], ["see you"]}
                            ,{[{'mask_bodies', 'true'}], []}
                            ,{[{'mask_bodies', 'false'}, {'mask_credentials', 'false'}]
                             ,["7587245234b3434c", "see you"]
                             }
                            ]
        ].

stores_as_it_is_told_to(_Config) ->
    _ = [begin
             'ok' = application:set_env('call_inspector', 'store', Store),
             'ok' = start(),
             {'no_return', "{\"received\":0," ++ _} = run('store_stats', []),
             'ok' = application:stop('call_inspector')
         end
         || Store <- [[{'keep', "30d"}, {"keep_bytes", '50G'}, {<<"waiting">>, 2000}]
                     ,#{<<"sync">> => <<"always">>}
                     ]
        ],
    'ok' = application:set_env('call_inspector', 'store', [{'keep', "for ever"}]),
    {'error', _Reason} = application:ensure_all_started('call_inspector'),
    'ok' = application:unset_env('call_inspector', 'store'),
    'ok' = application:set_env('call_inspector', 'logs', [{'zone', "+02:00"}, {'begin', 'start'}]),
    'ok' = start(),
    'ok' = application:stop('call_inspector'),
    'ok' = application:set_env('call_inspector', 'logs', #{'zone' => "Mars"}),
    {'error', _NoZone} = application:ensure_all_started('call_inspector'),
    'ok' = application:unset_env('call_inspector', 'logs'),
    'ok' = application:set_env('call_inspector', 'hosts', [{'sbc', ["203.0.113.5:5060", <<"10.0.0.0/8">>]}]),
    'ok' = application:set_env('call_inspector', 'legs', #{'headers' => ["X-CID", "k-cid"]}),
    'ok' = application:set_env('call_inspector', 'carriers', ['sbc', "198.51.100.0/24"]),
    'ok' = application:set_env('call_inspector', 'phones', "192.0.2.0/24"),
    'ok' = start(),
    'ok' = application:stop('call_inspector'),
    'ok' = application:set_env('call_inspector', 'hosts', #{'sbc' => "nowhere"}),
    {'error', _NoHost} = application:ensure_all_started('call_inspector').

serves_its_site_where_it_is_told_to(Config) ->
    Port = free_port(),
    Address = "127.0.0.1:" ++ integer_to_list(Port),
    _ = [begin
             'ok' = application:set_env('call_inspector', 'web', Web),
             'ok' = start(),
             ?assertEqual({Web, Status}, {Web, status_of_site(Port)}),
             'ok' = application:stop('call_inspector')
         end
         || {Web, Status} <- [{Address, <<"HTTP/1.1 200">>}
                             ,{[{'listen', Address}, {'names', ["a.example.com"]}], <<"HTTP/1.1 200">>}
                             ,{#{'listen' => list_to_binary(Address)}, <<"HTTP/1.1 200">>}
                             ,{[{'listen', Address}, {'tokens', tokens_file(Config)}], <<"HTTP/1.1 401">>}
                             ,{'off', 'econnrefused'}
                             ]
        ],
    'ok' = application:set_env('call_inspector', 'web', "nowhere"),
    {'error', _Reason} = application:ensure_all_started('call_inspector').

tokens_file(Config) ->
    File = filename:join(proplists:get_value('priv_dir', Config), "tokens"),
    Line = ["{\"name\":\"a\",\"rights\":[\"watch\"],\"sha256\":\"", lists:duplicate(64, $a), "\"}\n"],
    'ok' = file:write_file(File, Line),
    'ok' = file:change_mode(File, 8#600),
    File.

status_of_site(Port) ->
    case gen_tcp:connect("127.0.0.1", Port, ['binary', {'active', 'false'}]) of
        {'error', Reason} -> Reason;
        {'ok', Socket} ->
            'ok' = gen_tcp:send(Socket, "GET /api/stats HTTP/1.0\r\nHost: localhost\r\n\r\n"),
            {'ok', Status} = gen_tcp:recv(Socket, 12),
            'ok' = gen_tcp:close(Socket),
            Status
    end.

lists_and_pins_calls(Config) ->
    'ok' = start(),
    ?assertEqual({'no_return', "[]\n"}, run('list_calls', [])),
    Dir = filename:join(?config('priv_dir', Config), "listed"),
    'ok' = store_as_kazoo(Dir, <<"one">>),
    {'no_return', _Imported} = run('import_kazoo', [Dir]),
    'ok' = wait_until(fun() -> run('list_calls', [1]) =/= {'no_return', "[]\n"} end),
    {'no_return', "[{\"call-id\":\"one\"," ++ _} = run('list_calls', [<<"10">>]),
    ?assertEqual({'ok', ""}, run('pin', ["one"])),
    {{'no_return', 2}, _Pinned} = run('flush', ["one"]),
    ?assertEqual({'ok', ""}, run('unpin', ["one"])),
    ?assertEqual({'ok', ""}, run('flush', ["one"])).

follows_calls_until_nobody_reads(_Config) ->
    'ok' = start(),
    [Port] = start_parsers(1),
    {{'no_return', 1}, "column 1: no field 'form'" ++ _} = run('follow', ["form=a"]),
    {'no_return', []} = run('follow', ["from=nobody", 1]),
    Self = self(),
    Reader = spawn(fun() -> read_for(Self) end),
    {Follow, Ref} = spawn_monitor(fun() ->
                                          'true' = group_leader(Reader, self()),
                                          call_inspector_maintenance:follow(<<"from=a">>, 600)
                                  end),
    'ok' = wait_until(fun() ->
                              'ok' = send_invite(Port),
                              receive {Reader, Row} -> is_row(Row) after 50 -> 'false' end
                      end),
    'true' = exit(Reader, 'kill'),
    receive {'DOWN', Ref, 'process', Follow, Reason} -> ?assertEqual('normal', Reason) end.

is_row(Row) -> 'nomatch' =/= binary:match(Row, <<"\"from_user\":\"a\"">>).

%% A device that tells what is printed on it.
read_for(Owner) ->
    receive
        {'io_request', From, As, {'put_chars', 'unicode', Text}} ->
            Owner ! {self(), iolist_to_binary(Text)},
            From ! {'io_reply', As, 'ok'};
        {'io_request', From, As, _Other} ->
            From ! {'io_reply', As, {'error', 'request'}}
    end,
    read_for(Owner).

%% The first of a new call.
send_invite(Port) ->
    CallId = integer_to_list(erlang:unique_integer(['positive'])),
    Message = ["INVITE sip:b@a SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
               "From: <sip:a@b>;tag=1\r\nTo: <sip:b@a>\r\nCall-ID: ", CallId, "\r\nCSeq: 1 INVITE\r\n\r\n"
              ],
    {'ok', Socket} = gen_udp:open(0, [{'ip', {127, 0, 0, 1}}]),
    'ok' = gen_udp:send(Socket, {127, 0, 0, 1}, Port, Message),
    gen_udp:close(Socket).

shows_no_key(_Config) ->
    [Port] = free_ports(1),
    'ok' = start([[{'type', 'hep'}, {'ip', "127.0.0.1"}, {'port', Port}, {'auth_key', "s3cret"}]]),
    [?assertEqual({Server, 'nomatch'}
                 ,{Server, binary:match(term_to_binary(Status), <<"s3cret">>)}
                 )
     || Server <- ['ci_state', 'ci_port'],
        Status <- [sys:get_status(Server)
                  ,Server:format_status('terminate', [[], sys:get_state(Server)])
                  ]
    ].

%% Which of what is private can be read.
shown_with(Env) ->
    _ = ['ok' = application:set_env('call_inspector', Key, Value) || {Key, Value} <- Env],
    'ok' = start(),
    [Port] = start_parsers(1),
    Message = ["MESSAGE sip:b@a SIP/2.0\r\nCall-ID: one\r\nCSeq: 1 MESSAGE\r\n"
               "Authorization: Digest response=\"7587245234b3434c\"\r\n\r\nsee you"
              ],
    {'ok', Socket} = gen_udp:open(0, [{'ip', {127, 0, 0, 1}}]),
    'ok' = gen_udp:send(Socket, {127, 0, 0, 1}, Port, Message),
    'ok' = gen_udp:close(Socket),
    'ok' = wait_until(fun() -> messages("one") =:= 1 end),
    {'ok', Stored} = call_inspector:command(['callid_details', "one"]),
    {'ok', _Ok} = call_inspector:command(['flush']),
    'ok' = application:stop('call_inspector'),
    [Private || Private <- ["7587245234b3434c", "see you"],
                binary:match(Stored, list_to_binary(Private)) =/= 'nomatch'
    ].

%%%-------------------------------------------------------------------------------------------------
%%% Wanted parsers

remembers_each_parser_once(_Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    {'ok', _} = call_inspector:command(['start_hep_parser', "127.0.0.1", First]),
    ?assertEqual([id(First), id(Second)], wanted()),
    {'ok', <<"ok\n">>} = call_inspector:command(['stop_active_parser', id(First)]),
    ?assertEqual([id(Second)], wanted()).

starts_the_configured_parsers(_Config) ->
    [First, Second] = free_ports(2),
    'ok' = start([{'hep', "127.0.0.1", First}, {'hep', "127.0.0.1", Second}]),
    ?assertEqual([id(Second), id(First)], active()),
    {'ok', <<"ok\n">>} = call_inspector:command(['stop_active_parser', id(First)]),
    'ok' = kill_program(),
    ?assertEqual([id(Second)], active()).

starts_a_parser_whose_address_was_taken(_Config) ->
    [Port, Other] = free_ports(2),
    {'ok', Taken} = gen_udp:open(Port, [{'ip', {127, 0, 0, 1}}]),
    'ok' = start([{'hep', "127.0.0.1", Port}, {'hep', "127.0.0.1", Other}]),
    ?assertEqual([id(Other)], active()),
    ?assertEqual([id(Port), id(Other)], wanted()),
    'ok' = gen_udp:close(Taken),
    'ok' = wait_until(fun() -> active() =:= [id(Port), id(Other)] end).

captures_and_imports(_Config) ->
    'ok' = start(),
    Options = ["whole", "pcapng"],
    [{{'no_return', 2}, "no messages are stored for none\n"} = run('export_pcap', ["none", "x.pcap" | Some])
     || Some <- [[], ["whole"], Options]],
    [{{'no_return', 2}, "not a file's name: '/x'" ++ _} = run('export_search', ["none", "/x" | Some])
     || Some <- [[], ["5"], ["5", "whole"], ["5" | Options]]],
    {{'no_return', 2}, "cannot import /none: " ++ _} = run('import_pcap', ["/none"]),
    {{'no_return', 2}, "cannot import /none: " ++ _} = run('import_pcap', ["/none", "hep"]),
    {{'no_return', 2}, "unknown option: 'hop'\n"} = run('import_pcap', ["/none", "hop"]),
    {{'no_return', 2}, "failed to start parser: " ++ _} = run('start_capture', ["nowhere0"]),
    {{'no_return', 2}, "failed to start parser: " ++ _} =
        run('start_capture', ["nowhere0", "port 1", "hep"]),
    case run('start_capture', ["lo", "port 1"]) of
        {'no_return', "started 'capture:lo'\n"} ->
            'ok' = kill_program(),
            ?assertEqual([<<"capture:lo">>], active());
        {{'no_return', 2}, Text} ->
            {'match', _} = re:run(Text, "needs CAP_NET_RAW"),
            {'skip', "needs CAP_NET_RAW"}
    end.

lists_what_could_not_be_started(_Config) ->
    Port = free_port(),
    {'ok', Taken} = gen_udp:open(Port, [{'ip', {127, 0, 0, 1}}]),
    'ok' = start([{'hep', "127.0.0.1", Port}]),
    Failed = "'" ++ binary_to_list(id(Port)) ++ "' failed: address already in use",
    {'no_return', Listed} = run('list_active_parsers', []),
    ?assert(lists:prefix(Failed, Listed)),
    'ok' = gen_udp:close(Taken),
    {'no_return', "started " ++ _} = run('start_hep_parser', ["127.0.0.1", Port]),
    ?assertEqual({'no_return', "'" ++ binary_to_list(id(Port)) ++ "'\n"}, run('list_active_parsers', [])).

gives_up_what_could_not_be_started(_Config) ->
    Port = free_port(),
    {'ok', Taken} = gen_udp:open(Port, [{'ip', {127, 0, 0, 1}}]),
    'ok' = start([{'hep', "127.0.0.1", Port}]),
    ?assertEqual({'ok', ""}, run('stop_active_parser', [id(Port)])),
    ?assertEqual({'no_return', ""}, run('list_active_parsers', [])),
    {{'no_return', 2}, "no active parser " ++ _} = run('stop_active_parser', [id(Port)]),
    'ok' = gen_udp:close(Taken).

reads_logs_as_soon_as_they_are_there(Config) ->
    Directory = ?config('priv_dir', Config),
    [There, Missing] = [filename:join(Directory, Name) || Name <- ["there.log", "missing.log"]],
    Line = <<"2026-11-21T02:43:15.985155+00:00 proxy kamailio[7]: INFO: <script>: call@log">>,
    Lines = [[Line, Text, "\n"]
             || Text <- ["|start|received udp request OPTIONS sip:nobody@192.0.2.1"
                        ,"|log|source 192.0.2.2:5070 -> 192.0.2.1:5060"
                        ,"|log|cseq 1 OPTIONS"
                        ,"|end|answered"
                        ]
            ],
    'ok' = file:write_file(There, Lines),
    'ok' = start([[{'type', "km_log"}, {'ip', "192.0.2.1"}, {'port', "5060"}, {'logfile', There}]
                 ,[{'type', "fs_log"}, {'ip', "192.0.2.3"}, {'port', "5080"}, {'logfile', Missing}]
                 ]),
    {'no_return', Listed} = run('list_active_parsers', []),
    [Running, Failed] = string:lexemes(Listed, "\n"),
    ?assertEqual("'" ++ There ++ "'", Running),
    ?assert(lists:prefix("'" ++ Missing ++ "' failed: ", Failed)),
    'ok' = wait_until(fun() -> call_inspector:command(["callid_details", "call@log"]) =/= {'ok', <<"[]\n">>} end),
    'ok' = file:write_file(Missing, <<"now it is there\n">>),
    'ok' = wait_until(fun() -> active() =:= [list_to_binary(Missing), list_to_binary(There)] end),
    ?assertEqual({'no_return', "started '" ++ There ++ "'\n"}
                ,run('start_kamailio_parser', [There, "192.0.2.1", 5060])
                ),
    [{{'no_return', 2}, "failed to start parser: " ++ _} = run(Start, ["/none.log", "192.0.2.1", 5060])
     || Start <- ['start_kamailio_parser', 'start_freeswitch_parser']
    ].

has_every_command(_Config) ->
    Exported = call_inspector_maintenance:module_info('exports'),
    Documented = [{'callid_details', 1}, {'flush', 0}, {'flush', 1}, {'inspect_call_id', 1} % Kazoo's
                 ,{'list_active_parsers', 0}, {'start_freeswitch_parser', 3}, {'start_hep_parser', 2}
                 ,{'start_kamailio_parser', 3}, {'stop_active_parser', 1}
                 ],
    ?assertEqual([], Documented -- Exported),
    Names = [atom_to_list(Name) || {Name, _Arity} <- Exported],
    ?assertMatch([_ | _], commands()),
    ?assertEqual([], commands() -- Names),
    'ok' = start(),
    _ = [{'usage', Command, Arity} = {refused(Command, Arity), Command, Arity}
         || Command <- commands(),
            Arity <- lists:seq(0, 5),
            not lists:member({list_to_atom(Command), Arity}, Exported)
        ].

%% With so many arguments: `usage', when there is no such form.
refused(Command, Arity) ->
    case call_inspector:command([Command | lists:duplicate(Arity, "x")]) of
        {'error', {'usage', _Text}} -> 'usage';
        Other -> Other
    end.

%% What the program has, by its own account.
commands() ->
    Program = filename:join(code:priv_dir('call_inspector'), "call_inspector"),
    [_Before, Help] = string:split(os:cmd(Program ++ " --help"), "\nCommands:\n"),
    [Commands | _] = string:split(Help, "\n\n"),
    [hd(string:lexemes(Line, " "))
     || Line <- string:lexemes(Commands, "\n"),
        lists:prefix("  ", Line),
        not lists:prefix("   ", Line)].  % what goes on from the line above

%%%-------------------------------------------------------------------------------------------------
%%% Life and death

stops_its_program(_Config) ->
    'ok' = start(),
    OsPid = ci_state:program(),
    ?assert(runs(OsPid)),
    'ok' = application:stop('call_inspector'),
    ?assertNot(runs(OsPid)).

survives_a_killed_program(_Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    'ok' = replay_call(First, Second),
    'ok' = kill_program(),
    ?assertEqual([id(Second), id(First)], active()),
    ?assertEqual(?MESSAGES_OF_CALL, messages(?CALL)).

survives_a_hung_program(_Config) ->
    'ok' = application:set_env('call_inspector', 'hangs_after', 3),
    'ok' = start(),
    [First, Second] = start_parsers(2),
    OsPid = ci_state:program(),
    'ok' = restarted_after(fun() -> os:cmd("kill -STOP " ++ integer_to_list(OsPid)) end),
    ?assertNot(runs(OsPid)),
    ?assertEqual([id(Second), id(First)], active()),
    Program = ci_state:program(),
    ?assert(is_answered_by_a_loop(Program)).

%% Whoever lives is not killed: a question that is no command is answered.
is_answered_by_a_loop(Program) ->
    Before = silences(),
    _ = whereis('ci_port') ! 'watch',
    'ok' = wait_until(fun() -> silences() =:= 0 end),
    Before =< 1 andalso Program =:= ci_state:program().

silences() -> element(7, sys:get_state('ci_port')).

survives_a_killed_owner(_Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    OsPid = ci_state:program(),
    'ok' = restarted_after(fun() -> exit(whereis('ci_port'), 'kill') end),
    ?assertNot(runs(OsPid)),
    ?assertEqual([id(Second), id(First)], active()).

%% It dies while ci_port asks it to remember a command with a key.
survives_a_killed_state_without_telling_keys(_Config) ->
    'ok' = start(),
    [Port] = free_ports(1),
    State = whereis('ci_state'),
    Owner = whereis('ci_port'),
    Ref = monitor('process', Owner),
    'ok' = sys:suspend(State),
    Command = ['start_hep_parser', "127.0.0.1", Port, "auth_key=s3cret"],
    Asker = spawn_monitor(fun() -> exit({'answer', call_inspector:command(Command)}) end),
    'ok' = wait_until(fun() ->
                              {'messages', Asked} = process_info(State, 'messages'),
                              [] =/= [Want || {'$gen_call', _From, {'want', _}}=Want <- Asked]
                      end),
    'true' = exit(State, 'kill'),
    Reason = receive {'DOWN', Ref, 'process', Owner, Why} -> Why end,
    ?assertEqual({'ci_state', 'killed'}, Reason),
    {'error', 'port_died'} = receive {'DOWN', _, 'process', Pid, {'answer', Answer}}
                                       when Pid =:= element(1, Asker) -> Answer end,
    'ok' = wait_until(fun() -> is_list(catch active()) end).

%% A program that dies at once each time is not started for ever, and takes nothing along.
gives_up_after_too_many_deaths(_Config) ->
    'ok' = start(),
    Supervisor = monitor('process', 'call_inspector_sup'),
    'ok' = application:set_env('call_inspector', 'program', ci_test_data:file("erl/programs/exits.sh")),
    _ = os:cmd("kill -9 " ++ integer_to_list(ci_state:program())),
    receive {'DOWN', Supervisor, 'process', _, Reason} -> ?assertEqual('shutdown', Reason) end,
    'ok' = wait_until(fun() -> not lists:keymember('call_inspector', 1, application:which_applications()) end),
    {{'no_return', 2}, "call_inspector is not answering: " ++ _} = run('flush', []).

leaves_no_program_behind_a_killed_vm(Config) ->
    {'ok', Peer, _Node} = start_peer(#{}, Config),
    OsPid = peer:call(Peer, 'ci_state', 'program', []),
    ?assert(runs(OsPid)),
    _ = os:cmd("kill -9 " ++ peer:call(Peer, 'os', 'getpid', [])),
    wait_until(fun() -> not runs(OsPid) end).

answers_a_thousand_at_once(_Config) ->
    'ok' = start(),
    [First, Second] = start_parsers(2),
    'ok' = replay_call(First, Second),
    Ask = fun() -> exit({'answer', call_inspector:command(['callid_details', ?CALL])}) end,
    Askers = [spawn_monitor(Ask) || _ <- lists:seq(1, 1000)],
    Answers = [receive {'DOWN', Ref, 'process', Pid, {'answer', Answer}} -> Answer end
               || {Pid, Ref} <- Askers
              ],
    [{'ok', Text}] = lists:usort(Answers),
    ?assertEqual(?MESSAGES_OF_CALL, messages_in(Text)).

%% Whoever reads slowly, or not at all, waits alone.
answers_fifty_megabytes_and_others_meanwhile(_Config) ->
    'ok' = start(),
    [Port] = start_parsers(1),
    Count = send_large(<<"large">>, 51 * 1024 * 1024, Port),
    'ok' = wait_until(fun() -> received() >= Count end),
    NeverReads = spawn_link(fun() -> receive 'stop' -> 'ok' end end),
    {Reader, Ref} = spawn_monitor(fun() ->
                                          'true' = group_leader(NeverReads, self()),
                                          call_inspector_maintenance:callid_details(<<"large">>)
                                  end),
    Self = self(),
    Askers = [spawn_link(fun() -> Self ! {self(), call_inspector:command(['callid_details', "large"])} end)
              || _ <- lists:seq(1, 2)
             ],
    ?assertEqual({'ok', <<"[]\n">>}, call_inspector:command(['callid_details', "nobody@knows"])),
    [{'ok', Text}] = lists:usort([receive {Asker, Answer} -> Answer end || Asker <- Askers]),
    ?assert(byte_size(Text) > 50 * 1024 * 1024),
    ?assertEqual(Count, messages_in(Text)),
    ?assert(is_process_alive(Reader)),
    'true' = exit(Reader, 'kill'),
    receive {'DOWN', Ref, 'process', Reader, _Killed} -> 'ok' end,
    _ = NeverReads ! 'stop',
    'ok'.

%% Messages of one call by TCP, which loses none: how many.
send_large(CallId, Size, Port) ->
    Body = binary:copy(<<"0123456789abcdef">>, 3000),
    Count = Size div byte_size(Body) + 1,
    {'ok', Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, ['binary']),
    _ = ['ok' = gen_tcp:send(Socket, hep3(["MESSAGE sip:b@a SIP/2.0\r\nCall-ID: ", CallId
                                          ,"\r\nCSeq: ", integer_to_list(N), " MESSAGE\r\n\r\n", Body
                                          ]))
         || N <- lists:seq(1, Count)
        ],
    'ok' = gen_tcp:close(Socket),
    Count.

%% Version, protocol, addresses, ports, time, type SIP, agent, payload: all of vendor 0.
hep3(Payload) ->
    Chunk = fun(Type, Value) ->
                    Bytes = iolist_to_binary(Value),
                    <<0:16, Type:16, (byte_size(Bytes) + 6):16, Bytes/binary>>
            end,
    Chunks = iolist_to_binary([Chunk(1, [2]), Chunk(2, [17])
                              ,Chunk(3, [192, 0, 2, 1]), Chunk(4, [192, 0, 2, 2])
                              ,Chunk(7, <<5060:16>>), Chunk(8, <<5080:16>>)
                              ,Chunk(9, <<1700000000:32>>), Chunk(10, <<0:32>>)
                              ,Chunk(11, [1]), Chunk(12, <<1:32>>), Chunk(15, Payload)
                              ]),
    <<"HEP3", (byte_size(Chunks) + 6):16, Chunks/binary>>.

received() ->
    {'ok', Stats} = call_inspector:command(['store_stats']),
    {'match', [Received]} = re:run(Stats, "\"received\":(\\d+)", [{'capture', [1], 'list'}]),
    list_to_integer(Received).

%% This process is the listener: the program keeps what it does not take.
takes_as_many_messages_as_it_wants(_Config) ->
    'ok' = start(),
    ?assertEqual({'error', 'unbound'}, ci_port:amqp(<<"call_inspector.lookup">>, <<"{}">>)),
    'ok' = ci_port:bound(<<"our queue">>, node()),
    Asked = [integer_to_binary(N) || N <- lists:seq(1, 100)],
    _ = ['ok' = ci_port:amqp(<<"call_inspector.lookup">>, lookup(MsgId)) || MsgId <- Asked],
    Answered = publish_all([]),
    ?assertEqual([], Asked -- Answered),
    'ok' = ci_port:unbound(),
    ?assertEqual({'error', 'unbound'}, ci_port:amqp(<<"call_inspector.lookup">>, lookup(<<"101">>))).

lookup(MsgId) ->
    iolist_to_binary(["{\"Call-ID\":\"a@b\",\"Server-ID\":\"asker\",\"Node\":\"kzc@localhost\""
                     ,",\"Msg-ID\":\"", MsgId, "\",\"Event-Name\":\"lookup_req\""
                     ,",\"Event-Category\":\"call_inspector\",\"App-Version\":\"4.0.0\""
                     ,",\"App-Name\":\"crossbar\"}"
                     ]).

%% As much as comes without a word from us, then that word for each, until all have their answers.
publish_all(Answered) when length(Answered) >= 100 -> Answered;
publish_all(Answered) ->
    'ok' = wait_until(fun() -> length(waiting_to_be_published()) =:= 32
                                   orelse length(Answered) + length(waiting_to_be_published()) >= 100
                      end),
    {'ok', _AllThatWasSentIsHere} = call_inspector:command(['list_active_parsers']),
    Waiting = waiting_to_be_published(),
    ?assert(length(Waiting) =< 32),
    MsgIds = lists:append([receive {'publish', Message} -> msg_ids(Message) end || _ <- Waiting]),
    _ = ['ok' = ci_port:published() || _ <- Waiting],
    publish_all(Answered ++ MsgIds).

waiting_to_be_published() ->
    {'messages', Messages} = process_info(self(), 'messages'),
    [Message || {'publish', _}=Message <- Messages].

msg_ids({<<"targeted">>, <<"asker">>, Body}) ->
    {'match', [MsgId]} = re:run(Body, "\"Msg-ID\":\"([^\"]*)\"", [{'capture', [1], 'binary'}]),
    [MsgId];
msg_ids({<<"monitor">>, <<"call_inspector.present">>, _Body}) -> [].

answers_sup_from_another_node(Config) ->
    Cookie = "call_inspector_SUITE",
    Name = "ci_" ++ os:getpid(),
    {'ok', Peer, _Node} = start_peer(#{'name' => Name
                                      ,'host' => "127.0.0.1"
                                      ,'longnames' => 'true'
                                      ,'args' => ["-setcookie", Cookie]
                                      }, Config),
    Sup = fun(Words) -> sup(Name, Cookie, Words) end,
    Port = integer_to_list(free_port()),
    Id = "127.0.0.1:" ++ Port,
    ?assertEqual({0, "started '" ++ Id ++ "'\n"}, Sup(["start_hep_parser", "127.0.0.1", Port])),
    ?assertEqual({0, "'" ++ Id ++ "'\n"}, Sup(["list_active_parsers"])),
    ?assertEqual({0, "ok\n"}, Sup(["stop_active_parser", Id])),
    ?assertEqual({2, "no active parser '" ++ Id ++ "'\n"}, Sup(["stop_active_parser", Id])),
    ?assertEqual({0, "[]\n"}, Sup(["callid_details", "nobody@knows"])),
    {1, "Invalid command" ++ _} = Sup(["callid_details"]),
    {1, "Unable to connect" ++ _} = sup(Name, "another_cookie", ["flush"]),
    'ok' = peer:call(Peer, 'application', 'stop', ['call_inspector']),
    ?assertEqual({2, "call_inspector is not answering: the application is not running\n"}, Sup(["flush"])),
    'ok' = peer:stop(Peer).

%% An escript's is of Latin-1 before OTP 26: it would write a name's characters as single bytes, and a
%% ladder's lines as \x{2502}.
prints_utf8_whatever_sups_device_is(Config) ->
    Cookie = "call_inspector_SUITE",
    Name = "ci_utf8_" ++ os:getpid(),
    {'ok', Peer, _Node} = start_peer(#{'name' => Name
                                      ,'host' => "127.0.0.1"
                                      ,'longnames' => 'true'
                                      ,'args' => ["-setcookie", Cookie]
                                      }, Config),
    Port = free_port(),
    {'ok', _} = peer:call(Peer, 'call_inspector', 'command', [['start_hep_parser', "127.0.0.1", Port]]),
    Display = <<"Zo\x{eb} \x{141}ukasz"/utf8>>,
    Message = ["INVITE sip:b@a SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
               "From: \"", Display, "\" <sip:a@b>;tag=1\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n\r\n"
              ],
    {'ok', Socket} = gen_udp:open(0, [{'ip', {127, 0, 0, 1}}]),
    'ok' = gen_udp:send(Socket, {127, 0, 0, 1}, Port, Message),
    'ok' = gen_udp:close(Socket),
    'ok' = wait_until(fun() ->
                              {'ok', Text} = peer:call(Peer, 'call_inspector', 'command', [['callid_details', "one"]]),
                              messages_in(Text) =:= 1
                      end),
    _ = [begin
             Sup = fun(Words) ->
                           {0, Printed} = sup(Name, Cookie, Words, Env),
                           list_to_binary(Printed)
                   end,
             Details = Sup(["callid_details", "one"]),
             ?assertMatch({_, _}, binary:match(Details, Display)),
             ?assert(is_list(unicode:characters_to_list(Details))),
             Ladder = Sup(["ladder", "one"]),
             ?assertMatch({_, _}, binary:match(Ladder, <<"\x{2502}"/utf8>>)),
             ?assertEqual('nomatch', binary:match(Ladder, <<"\\x{">>))
         end
         || Env <- [[], [{"ENCODING", "latin1"}], [{"ENCODING", "unicode"}], [{"LC_ALL", "C"}]]
        ],
    'ok' = peer:stop(Peer).

%%%-------------------------------------------------------------------------------------------------
%%% Verbs

start() -> start([]).

start(Parsers) ->
    'ok' = application:set_env('call_inspector', 'startup_parsers', Parsers),
    {'ok', _Started} = application:ensure_all_started('call_inspector'),
    'ok'.

start_parsers(Count) ->
    Ports = free_ports(Count),
    _ = [{'ok', _} = call_inspector:command(['start_hep_parser', "127.0.0.1", Port])
         || Port <- Ports
        ],
    Ports.

%% Two proxies, each to its own parser, as it was recorded.
replay_call(First, Second) ->
    'ok' = replay("kam2_hep3_skew-3.2s/p1.bin", First),
    'ok' = replay("kam2_hep3_skew-3.2s/p2.bin", Second),
    wait_until(fun() -> messages(?CALL) =:= ?MESSAGES_OF_CALL end).

messages(CallId) ->
    {'ok', Text} = call_inspector:command(['callid_details', CallId]),
    messages_in(Text).

messages_in(Text) -> length(binary:matches(Text, <<"\"ref_timestamp\"">>)).

%% Newest first, as `list_active_parsers' shows them.
active() ->
    {'ok', Text} = call_inspector:command(['list_active_parsers']),
    [binary:part(Line, 1, byte_size(Line) - 2)
     || Line <- binary:split(Text, <<"\n">>, ['global', 'trim'])
    ].

%% Oldest first, as they will be started.
wanted() -> [Id || {Id, _Words} <- ci_state:wanted()].

%% What the command returns, and what it prints. Reports of the logger that come meanwhile are
%% captured as well.
run(Function, Args) ->
    'ok' = ct:capture_start(),
    Result = apply('call_inspector_maintenance', Function, Args),
    'ok' = ct:capture_stop(),
    Printed = [Text || Text <- ct:capture_get(), string:find(Text, "<div class=\"sasl\">") =:= 'nomatch'],
    {Result, lists:flatten(Printed)}.

kill_program() ->
    OsPid = integer_to_list(ci_state:program()),
    restarted_after(fun() -> os:cmd("kill -9 " ++ OsPid) end).

restarted_after(Kill) ->
    Owner = whereis('ci_port'),
    Ref = monitor('process', Owner),
    _ = Kill(),
    receive {'DOWN', Ref, 'process', Owner, _Reason} -> 'ok' end,
    wait_until(fun() -> is_pid(whereis('ci_port')) andalso is_list(catch active()) end).

start_peer(Options, Config) ->
    {'ok', Peer, Node} = peer:start(Options#{'connection' => 'standard_io'}),
    'ok' = peer:call(Peer, 'code', 'add_pathsa', [code:get_path()]),
    'ok' = peer:call(Peer, 'application', 'load', ['call_inspector']),
    Root = ['call_inspector', 'root', ?config('root', Config)],
    'ok' = peer:call(Peer, 'application', 'set_env', Root),
    {'ok', _Started} = peer:call(Peer, 'application', 'ensure_all_started', ['call_inspector']),
    {'ok', Peer, Node}.

%% Exit code and output of an OS process that does as `sup' does.
sup(Name, Cookie, Words) -> sup(Name, Cookie, Words, []).

sup(Name, Cookie, Words, Env) ->
    Me = "sup_" ++ integer_to_list(erlang:unique_integer(['positive'])) ++ "_" ++ Name,
    Args = [ci_test_data:file("erl/programs/sup.escript"), filename:dirname(code:which('sup_client'))
           ,Me ++ "@127.0.0.1", Cookie, Name ++ "@127.0.0.1" | Words
           ],
    Port = open_port({'spawn_executable', os:find_executable("escript")}
                    ,[{'args', Args}, {'env', Env}, 'exit_status', 'stderr_to_stdout']
                    ),
    output(Port, "").

output(Port, Printed) ->
    receive
        {Port, {'data', More}} -> output(Port, Printed ++ More);
        {Port, {'exit_status', Status}} -> {Status, Printed}
    end.
