-module(ci_state_tests).

-include_lib("eunit/include/eunit.hrl").

-define(A, hep(<<"127.0.0.1:9060">>, <<"127.0.0.1">>, <<"9060">>)).
-define(B, hep(<<"127.0.0.1:9061">>, <<"127.0.0.1">>, <<"9061">>)).

hep(Id, IP, Port) -> {Id, [<<"start_hep_parser">>, IP, Port]}.

json(Port) -> #{<<"type">> => <<"hep">>, <<"ip">> => <<"127.0.0.1">>, <<"port">> => Port}.

parsers(Entries) ->
    {Parsers, Refused} = ci_state:parsers(Entries),
    {Parsers, [{Name, lists:flatten(Reason)} || {Name, Reason} <- Refused]}.

configured_test_() ->
    [{Name, ?_assertEqual({Parsers, Refused}, parsers(Entries))}
     || {Name, Entries, Parsers, Refused} <-
            [{"nothing", [], [], []}
            ,{"a tuple", [{'hep', "127.0.0.1", 9060}], [?A], []}
            ,{"tuples keep their order"
             ,[{'hep', <<"127.0.0.1">>, <<"9061">>}, {'hep', "127.0.0.1", "9060"}]
             ,[?B, ?A]
             ,[]
             }
            ,{"a proplist", [[{'type', 'hep'}, {'ip', "127.0.0.1"}, {'port', 9060}]], [?A], []}
            ,{"a map", [#{'type' => "hep", 'ip' => <<"127.0.0.1">>, 'port' => "9060"}], [?A], []}
            ,{"proplists under names"
             ,[{'proxies', [{'type', 'hep'}, {'ip', "127.0.0.1"}, {'port', 9060}]}]
             ,[?A]
             ,[]
             }
            ,{"Kazoo's configuration, in the order of the names"
             ,#{<<"b">> => json(9061)
               ,<<"a">> => json(<<"9060">>)
               }
             ,[?A, ?B]
             ,[]
             }
            ,{"the same twice is one"
             ,[{'hep', "127.0.0.1", 9060}, {'hep', <<"127.0.0.1">>, "9060"}]
             ,[?A]
             ,[]
             }
            ,{"IPv6 as the program writes it"
             ,[{'hep', "2001:DB8:0::1", 9060}]
             ,[hep(<<"[2001:db8::1]:9060">>, <<"2001:DB8:0::1">>, <<"9060">>)]
             ,[]
             }
            ,{"TLS"
             ,[{'hep', "tls:10.0.0.1", 9061}, {'hep', "tls:2001:DB8:0::1", 9061}]
             ,[hep(<<"tls:10.0.0.1:9061">>, <<"tls:10.0.0.1">>, <<"9061">>)
              ,hep(<<"tls:[2001:db8::1]:9061">>, <<"tls:2001:DB8:0::1">>, <<"9061">>)
              ]
             ,[]
             }
            ,{"who may send"
             ,[[{'type', 'hep'}, {'ip', "127.0.0.1"}, {'port', 9060}
               ,{'allow', ["10.0.0.0/8", <<"::1">>]}, {'auth_key', "secret"}
               ]
              ,#{'type' => 'hep', 'ip' => "127.0.0.1", 'port' => 9061, 'allow' => "10.0.0.0/8"}
              ]
             ,[{<<"127.0.0.1:9060">>
               ,[<<"start_hep_parser">>, <<"127.0.0.1">>, <<"9060">>
                ,<<"allow=10.0.0.0/8,::1">>, <<"auth_key=secret">>
                ]
               }
              ,{<<"127.0.0.1:9061">>
               ,[<<"start_hep_parser">>, <<"127.0.0.1">>, <<"9061">>, <<"allow=10.0.0.0/8">>]
               }
              ]
             ,[]
             }
            ,{"who may send, and nobody can know who that is"
             ,[#{'type' => 'hep', 'ip' => "127.0.0.1", 'port' => 9060, 'allow' => {10, 0, 0, 0}}]
             ,[{<<"127.0.0.1:9060">>
               ,[<<"start_hep_parser">>, <<"127.0.0.1">>, <<"9060">>, <<"allow">>]
               }
              ]
             ,[]
             }
            ,{"captures"
             ,#{<<"a">> => #{<<"type">> => <<"capture">>, <<"interface">> => <<"eth1">>}
               ,<<"b">> => [{'type', 'capture'}, {'interface', "eth2"}, {'filter', "port 5060"}]
               ,<<"c">> => #{'type' => 'capture', 'interface' => "eth3", 'hep' => 'true'}
               ,<<"d">> => #{'type' => 'capture', 'interface' => "eth4", 'filter' => "port 9060"
                            ,<<"hep">> => 'true'
                            }
               ,<<"e">> => #{'type' => 'capture', 'interface' => "eth5", 'hep' => 'false'}
               }
             ,[{<<"capture:eth1">>, [<<"start_capture">>, <<"eth1">>]}
              ,{<<"capture:eth2">>, [<<"start_capture">>, <<"eth2">>, <<"port 5060">>]}
              ,{<<"capture:eth3">>, [<<"start_capture">>, <<"eth3">>, <<"hep">>]}
              ,{<<"capture:eth4">>, [<<"start_capture">>, <<"eth4">>, <<"port 9060">>, <<"hep">>]}
              ,{<<"capture:eth5">>, [<<"start_capture">>, <<"eth5">>]}
              ]
             ,[]
             }
            ,{"logs"
             ,#{<<"a">> => #{<<"type">> => <<"km_log">>, <<"ip">> => <<"10.0.0.1">>
                            ,<<"port">> => <<"5060">>, <<"logfile">> => <<"/var/log/kamailio.log">>
                            }
               ,<<"b">> => #{<<"type">> => <<"fs_log">>, <<"ip">> => <<"10.0.0.2">>
                            ,<<"port">> => 11000, <<"logfile">> => <<"/var/log/debug.log">>
                            }
               }
             ,[{<<"/var/log/kamailio.log">>
               ,[<<"start_kamailio_parser">>, <<"/var/log/kamailio.log">>, <<"10.0.0.1">>, <<"5060">>]
               }
              ,{<<"/var/log/debug.log">>
               ,[<<"start_freeswitch_parser">>, <<"/var/log/debug.log">>, <<"10.0.0.2">>, <<"11000">>]
               }
              ]
             ,[]
             }
            ,{"a bad entry does not hide the others, and is told by its number"
             ,[{'hep', "127.0.0.1", 9060}, 'x', {'hep', "127.0.0.1", 9061}]
             ,[?A, ?B]
             ,[{2, "no settings"}]
             }
            ,{"bad entries are told by their names"
             ,[{<<"a">>, [{<<"type">>, <<"carrier_pigeon">>}]}
              ,{<<"b">>, [{<<"ip">>, <<"127.0.0.1">>}]}
              ,{<<"c">>, #{'type' => 'hep', 'ip' => "::1"}}
              ,{<<"d">>, #{'type' => 'hep', 'ip' => "::1", 'port' => 65536}}
              ,{<<"e">>, #{'type' => 'hep', 'ip' => "::1", 'port' => "many"}}
              ,{<<"f">>, #{'type' => 'hep', 'ip' => {127, 0, 0, 1}, 'port' => 1}}
              ,{<<"g">>, #{'type' => 'hep', 'ip' => <<>>, 'port' => 1}}
              ,{<<"h">>, #{'type' => 'km_log', 'ip' => "::1", 'port' => 5060}}
              ,{<<"i">>, [{'type', 'capture'}, {'filter', "port 5060"}]}
              ,{<<"j">>, <<"hep">>}
              ,{<<"k">>, [{'type', 'capture'}, {'interface', "eth1"}, {'hep', 1}]}
              ]
             ,[]
             ,[{<<"a">>, "there is no type <<\"carrier_pigeon\">>"}
              ,{<<"b">>, "type is missing"}
              ,{<<"c">>, "port is missing"}
              ,{<<"d">>, "<<\"65536\">> is no port"}
              ,{<<"e">>, "<<\"many\">> is no port"}
              ,{<<"f">>, "ip is neither text nor a number"}
              ,{<<"g">>, "ip is neither text nor a number"}
              ,{<<"h">>, "logfile is missing"}
              ,{<<"i">>, "interface is missing"}
              ,{<<"j">>, "no settings"}
              ,{<<"k">>, "hep: neither true nor false"}
              ]
             }
            ,{"no list at all", 'hep', [], [{'startup_parsers', "neither a list nor a map"}]}
            ]
    ].

add_test_() ->
    [{"a new one comes last", ?_assertEqual([?A, ?B], ci_state:add(?B, [?A]))}
    ,{"one that is wanted keeps its place", ?_assertEqual([?A, ?B], ci_state:add(?A, [?A, ?B]))}
    ,{"the program's name for it replaces ours"
     ,fun() ->
              {_OurId, Words} = ?A,
              Named = {<<"the program's name">>, Words},
              ?assertEqual([Named, ?B], ci_state:add(Named, [?A, ?B]))
      end
     }
    ,{"another command for the same one replaces the first"
     ,fun() ->
              {Id, _Words} = ?A,
              Other = {Id, [<<"start_hep_parser">>, <<"localhost">>, <<"9060">>]},
              ?assertEqual([Other, ?B], ci_state:add(Other, [?A, ?B]))
      end
     }
    ].

remove_test_() ->
    [?_assertEqual([?B], ci_state:remove(<<"127.0.0.1:9060">>, [?A, ?B]))
    ,?_assertEqual([?B], ci_state:remove(<<"127.0.0.1:9060">>, [?B]))
    ].

server_test_() ->
    {'setup'
    ,fun() ->
             Parsers = [{'hep', "127.0.0.1", 9060}],
             'ok' = application:set_env('call_inspector', 'startup_parsers', Parsers),
             {'ok', Pid} = ci_state:start_link(),
             Pid
     end
    ,fun(Pid) ->
             'ok' = gen_server:stop(Pid),
             'ok' = application:unset_env('call_inspector', 'startup_parsers')
     end
    ,[{"begins with the configured ones", ?_assertEqual([?A], ci_state:wanted())}
     ,{"remembers, in order, and forgets"
      ,fun() ->
               {Id, Words} = ?B,
               'ok' = ci_state:want(Id, Words),
               ?assertEqual([?A, ?B], ci_state:wanted()),
               'ok' = ci_state:forget(<<"127.0.0.1:9060">>),
               ?assertEqual([?B], ci_state:wanted())
       end
      }
     ,{"knows the program until it has exited"
      ,fun() ->
               ?assertEqual('undefined', ci_state:program()),
               'ok' = ci_state:program_is(4242),
               ?assertEqual(4242, ci_state:program()),
               'ok' = ci_state:program_is('undefined'),
               ?assertEqual('undefined', ci_state:program())
       end
      }
     ]
    }.
