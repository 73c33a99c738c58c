%%% @doc An answer of the program that comes in several pieces, until it is whole. It is bounded: what
%%% asks for more than a node should hold gets an error instead.
-module(ci_pieces).

-export([none/0
        ,add/2
        ,add/3
        ,is_answer/1
        ,whole/2
        ]).
-export_type([pieces/0]).

-define(MAX_ANSWER, 256 * 1024 * 1024).
-define(MAX_ALL, 512 * 1024 * 1024). % of all answers that are not whole yet

-type pieces() :: {non_neg_integer(), [binary()]} | % size, the newest first
                  'too_large'.
-type id() :: pos_integer().
-type answer() :: {'ok', binary()} | {'error', any()}.

-spec none() -> pieces().
none() -> {0, []}.

-spec add(binary(), pieces()) -> pieces().
add(Piece, {Size, Pieces}) when Size + byte_size(Piece) =< ?MAX_ANSWER ->
    {Size + byte_size(Piece), [Piece | Pieces]};
add(_Piece, _Pieces) -> 'too_large'.

%% @doc A piece of the answer with that id, among all others.
-spec add(id(), binary(), #{id() => pieces()}) -> #{id() => pieces()}.
add(Id, Piece, All) ->
    There = lists:sum([bytes(Pieces) || Pieces <- maps:values(All)]),
    case There + byte_size(Piece) > ?MAX_ALL of
        'false' -> All#{Id => add(Piece, maps:get(Id, All, none()))};
        'true' -> All#{Id => 'too_large'}
    end.

-spec bytes(pieces()) -> non_neg_integer().
bytes('too_large') -> 0;
bytes({Size, _Pieces}) -> Size.

%% @doc The answer that came last, with the pieces before it.
-spec whole(answer(), pieces()) -> answer().
whole({'ok', _Rest}, 'too_large') ->
    {'error', {'failed', <<"the answer is too large\n">>}};
whole({'ok', Rest}, {_Size, Pieces}) ->
    {'ok', iolist_to_binary(lists:reverse(Pieces, [Rest]))};
whole({'error', _Reason}=Error, _Pieces) -> Error.

%% @doc What the last frame of one may be.
-spec is_answer(any()) -> boolean().
is_answer({'ok', Text}) -> is_binary(Text);
is_answer({'error', {Kind, Text}}) -> lists:member(Kind, ['usage', 'failed']) andalso is_binary(Text);
is_answer(_Other) -> 'false'.
