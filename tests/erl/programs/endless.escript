#!/usr/bin/env escript
%%! -noinput
%% Answers each request with 257 pieces of a megabyte.
main(["port" | _]) ->
    Owner = open_port({'fd', 0, 1}, ['binary', {'packet', 4}, 'eof']),
    send(Owner, {'hello', {2, list_to_integer(os:getpid())}}),
    answer(Owner, binary:copy(<<"x">>, 1024 * 1024)).

answer(Owner, Megabyte) ->
    receive
        {Owner, {'data', Frame}} ->
            {'req', Id, 'command', _Words} = binary_to_term(Frame),
            [send(Owner, {'resp', Id, {'more', Megabyte}}) || _ <- lists:seq(1, 257)],
            send(Owner, {'resp', Id, {'ok', <<>>}}),
            answer(Owner, Megabyte);
        {Owner, 'eof'} -> 'ok'
    end.

send(Owner, Term) -> port_command(Owner, term_to_binary(Term)).
