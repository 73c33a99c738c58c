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
