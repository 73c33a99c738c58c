%%% @doc What Kazoo's `sup' does with a maintenance command: ping the node, call the function there
%%% with binaries, print what it prints, and turn what it returns into an exit code. As sup's, its
%%% device is of Latin-1 until OTP 26; ENCODING in the environment makes it another.
%%%
%%% tests/erl/programs/sup.escript runs it: NAME COOKIE NODE FUNCTION ARGUMENT...
-module(sup_client).

-export([main/1
        ,run/3
        ]).

-spec main([string()]) -> no_return().
main([Name, Cookie, Node, Function | Args]) ->
    {'ok', _} = net_kernel:start([list_to_atom(Name), 'longnames']),
    'true' = erlang:set_cookie(node(), list_to_atom(Cookie)),
    _ = [io:setopts([{'encoding', list_to_atom(Encoding)}])
         || Encoding <- [os:getenv("ENCODING")], Encoding =/= 'false'
        ],
    halt(run(list_to_atom(Node), list_to_atom(Function), [list_to_binary(Arg) || Arg <- Args])).

-spec run(node(), atom(), [binary()]) -> 0..3.
run(Node, Function, Args) ->
    case net_adm:ping(Node) of
        'pong' -> exit_code(rpc:call(Node, 'call_inspector_maintenance', Function, Args));
        'pang' -> say("Unable to connect to ~s", [Node], 1)
    end.

-spec exit_code(any()) -> non_neg_integer().
exit_code('no_return') -> 0;
exit_code({'no_return', Code}) -> Code;
exit_code('ok') -> say("ok", [], 0);
exit_code({'badrpc', {'EXIT', {'undef', _Stack}}}) ->
    say("Invalid command or wrong number of arguments", [], 1);
exit_code({'badrpc', Reason}) -> say("Command failed: ~p", [Reason], 3);
exit_code(Other) -> say("~p", [Other], 2).

-spec say(string(), [any()], non_neg_integer()) -> non_neg_integer().
say(Format, Args, Code) ->
    io:format(Format ++ "~n", Args),
    Code.
