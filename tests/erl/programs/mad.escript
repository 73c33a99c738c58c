#!/usr/bin/env escript
%%! -noinput -env ERL_CRASH_DUMP_SECONDS 0
%% Says hello, and at the first request what it should not, which the request names; then it neither
%% reads nor exits.
main(["port" | _]) ->
    Owner = open_port({'fd', 0, 1}, ['binary', 'stream', 'eof']),
    send(Owner, {'hello', {2, list_to_integer(os:getpid())}}),
    receive
        {Owner, {'data', <<_Length:32, Frame/binary>>}} ->
            {'req', Id, 'command', [How]} = binary_to_term(Frame),
            say(How, Id, Owner)
    end,
    receive after 'infinity' -> 'ok' end.

say(<<"pieces">>, Id, Owner) -> endless(Owner, {'resp', Id + 1000, {'more', binary:copy(<<"x">>, 1000000)}});
say(<<"answers">>, Id, Owner) -> endless(Owner, {'resp', Id + 1000, {'ok', <<"x">>}});
say(<<"logs">>, _Id, Owner) -> endless(Owner, {'log', 'warning', <<"mad">>});
say(<<"long logs">>, _Id, Owner) -> endless(Owner, {'log', 'debug', binary:copy(<<"x">>, 1000000)});
say(<<"events">>, _Id, Owner) -> endless(Owner, {'event', 1, 'publish', {<<"monitor">>, <<"x">>, <<"{}">>}});
say(<<"another level">>, _Id, Owner) -> send(Owner, {'log', 'ok', <<"mad">>});
say(<<"no text">>, Id, Owner) -> send(Owner, {'resp', Id, {'ok', ['usage']}});
say(<<"large frame">>, _Id, Owner) -> put_bytes(Owner, [<<16#7fffffff:32>>, binary:copy(<<"x">>, 1000)]);
say(<<"new atoms">>, _Id, Owner) ->
    send(Owner, {'log', 'warning', list_to_atom("mad_" ++ os:getpid() ++ "_atom")});
say(<<"compressed">>, Id, Owner) ->
    Term = {'resp', Id, {'ok', binary:copy(<<"x">>, 100 * 1024 * 1024)}},
    frame(Owner, term_to_binary(Term, ['compressed']));
say(<<"no term">>, _Id, Owner) -> frame(Owner, <<"garbage">>).

endless(Owner, Term) ->
    Frame = term_to_binary(Term),
    Many = [[<<(byte_size(Frame)):32>>, Frame] || _ <- lists:seq(1, max(1, 60000 div byte_size(Frame)))],
    endless_bytes(Owner, iolist_to_binary(Many)).

endless_bytes(Owner, Bytes) ->
    put_bytes(Owner, Bytes),
    endless_bytes(Owner, Bytes).

send(Owner, Term) -> frame(Owner, term_to_binary(Term)).

frame(Owner, Frame) -> put_bytes(Owner, [<<(byte_size(Frame)):32>>, Frame]).

put_bytes(Owner, Bytes) -> port_command(Owner, Bytes).
