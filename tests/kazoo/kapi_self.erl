-module(kapi_self).

-export([bind_q/2
        ,declare_exchanges/0
        ]).

-include("kazoo_version.hrl").

bind_q(Queue, _Props) -> ?AMQP_UTIL:bind_q_to_targeted(Queue).

declare_exchanges() -> ?AMQP_UTIL:targeted_exchange().
