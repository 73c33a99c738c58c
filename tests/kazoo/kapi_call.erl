-module(kapi_call).

-export([bind_q/2
        ,declare_exchanges/0
        ]).

-include("kazoo_version.hrl").

bind_q(Queue, Props) ->
    _ = ['ok' = ?AMQP_UTIL:bind_q_to_callevt(Queue, <<"call.", Event/binary, ".*">>)
         || Event <- proplists:get_value('restrict_to', Props, [<<"*">>])
        ],
    'ok'.

declare_exchanges() -> ?AMQP_UTIL:callevt_exchange().
