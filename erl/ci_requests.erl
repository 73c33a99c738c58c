%%% @doc Requests to the program that are not answered yet, and who made them. A large answer comes in
%%% pieces (c_src/erlang/port_terms.h).
-module(ci_requests).

-export([none/0
        ,next/1
        ,made/2
        ,is_waiting/2
        ,askers/1
        ,answered/3
        ,without_answers/1
        ]).
-export_type([id/0
             ,requests/0
             ]).

-type id() :: pos_integer().
-record(requests, {next = 1 :: id()
                  ,waiting = #{} :: #{id() => any()} % who asked
                  ,pieces = #{} :: #{id() => ci_pieces:pieces()} % of unfinished answers
                  }).
-opaque requests() :: #requests{}.

-spec none() -> requests().
none() -> #requests{}.

%% @doc The number of the request that is made next.
-spec next(requests()) -> id().
next(#requests{next=Id}) -> Id.

-spec made(any(), requests()) -> requests().
made(Asker, #requests{next=Id, waiting=Waiting}=Requests) ->
    Requests#requests{next=Id + 1, waiting=Waiting#{Id => Asker}}.

-spec is_waiting(id(), requests()) -> boolean().
is_waiting(Id, #requests{waiting=Waiting}) -> maps:is_key(Id, Waiting).

-spec askers(requests()) -> [any()].
askers(#requests{waiting=Waiting}) -> maps:values(Waiting).

%% @doc `error': nobody made this request, or it is no answer.
-spec answered(id(), any(), requests()) -> {'part', requests()} | {'whole', any(), any(), requests()} | 'error'.
answered(Id, Answer, #requests{waiting=Waiting, pieces=Pieces}=Requests) ->
    case {maps:find(Id, Waiting), Answer} of
        {'error', _Answer} -> 'error';
        {{'ok', _Asker}, {'more', Piece}} when is_binary(Piece) ->
            {'part', Requests#requests{pieces=ci_pieces:add(Id, Piece, Pieces)}};
        {{'ok', Asker}, _Whole} ->
            case ci_pieces:is_answer(Answer) of
                'true' ->
                    {'whole', Asker, ci_pieces:whole(Answer, maps:get(Id, Pieces, ci_pieces:none()))
                    ,Requests#requests{waiting=maps:remove(Id, Waiting), pieces=maps:remove(Id, Pieces)}};
                'false' -> 'error'
            end
    end.

%% @doc For who prints them: unfinished answers may have many megabytes.
-spec without_answers(requests()) -> requests().
without_answers(Requests) -> Requests#requests{pieces=#{}}.
