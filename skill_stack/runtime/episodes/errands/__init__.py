"""Episodes of `skill-stack eval errands`: what has to hold on the way, in failures and in what is learnt of them."""
