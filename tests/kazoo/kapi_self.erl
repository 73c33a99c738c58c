-module(kapi_self).

-export([bind_q/2
        ,declare_exchanges/0
        ]).

bind_q(Queue, _Props) -> kz_amqp_util:bind_q_to_targeted(Queue).

declare_exchanges() -> kz_amqp_util:targeted_exchange().
