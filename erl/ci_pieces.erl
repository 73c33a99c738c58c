%%% @doc Collects the pieces of the program's answers until each is whole. Their size is bounded: an
%%% answer that is larger than a node should hold is replaced by an error.
-module(ci_pieces).

-export([none/0
        ,add/2
        ,add/3
        ,is_answer/1
        ,whole/2
        ]).
-export_type([pieces/0]).

-define(MAX_ANSWER, 256 * 1024 * 1024).
-define(MAX_ALL, 512 * 1024 * 1024). % bytes of all unfinished answers

-type pieces() :: {non_neg_integer(), [binary()]} | % their size; the newest first
                  'too_large'.
-type id() :: pos_integer().
-type answer() :: {'ok', binary()} | {'error', any()}.

-spec none() -> pieces().
none() -> {0, []}.

-spec add(binary(), pieces()) -> pieces().
add(Piece, {Size, Pieces}) when Size + byte_size(Piece) =< ?MAX_ANSWER ->
    {Size + byte_size(Piece), [Piece | Pieces]};
add(_Piece, _Pieces) -> 'too_large'.

%% @doc Adds a piece to the answer with that id.
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

%% @doc Joins the last part of an answer with the pieces before it.
-spec whole(answer(), pieces()) -> answer().
whole({'ok', _Rest}, 'too_large') ->
    {'error', {'failed', <<"the answer is too large\n">>}};
whole({'ok', Rest}, {_Size, Pieces}) ->
    {'ok', iolist_to_binary(lists:reverse(Pieces, [Rest]))};
whole({'error', _Reason}=Error, _Pieces) -> Error.

%% @doc Whether a term may be the last part of an answer.
-spec is_answer(any()) -> boolean().
is_answer({'ok', Text}) -> is_binary(Text);
is_answer({'error', {Kind, Text}}) -> lists:member(Kind, ['usage', 'failed']) andalso is_binary(Text);
is_answer(_Other) -> 'false'.
