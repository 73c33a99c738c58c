%%% @doc An answer of the program that comes in several pieces, until it is whole. It is bounded: what
%%% asks for more than a node should hold gets an error instead.
-module(ci_pieces).

-export([none/0
        ,add/2
        ,size/1
        ,whole/2
        ]).
-export_type([pieces/0]).

-define(MAX_ANSWER, 256 * 1024 * 1024).

-type pieces() :: {non_neg_integer(), [binary()]} | % size, the newest first
                  'too_large'.
-type answer() :: {'ok', binary()} | {'error', any()}.

-spec none() -> pieces().
none() -> {0, []}.

-spec add(binary(), pieces()) -> pieces().
add(Piece, {Size, Pieces}) when Size + byte_size(Piece) =< ?MAX_ANSWER ->
    {Size + byte_size(Piece), [Piece | Pieces]};
add(_Piece, _Pieces) -> 'too_large'.

-spec size(pieces()) -> non_neg_integer().
size('too_large') -> 0;
size({Size, _Pieces}) -> Size.

%% @doc The answer that came last, with the pieces before it.
-spec whole(answer(), pieces()) -> answer().
whole({'ok', _Rest}, 'too_large') ->
    {'error', {'failed', <<"the answer is too large\n">>}};
whole({'ok', Rest}, {_Size, Pieces}) ->
    {'ok', iolist_to_binary(lists:reverse(Pieces, [Rest]))};
whole({'error', _Reason}=Error, _Pieces) -> Error.
