// The net that comes with gradus: small enough for its repository, deep enough to dream. docs/networks/mini.md tells
// how it was trained.
#include "nets/chain.h"

namespace gradus {

NetTable mini() {
    NetTable table = chain("48k5s2,64,P,128,128,P,256,256,P,384,384", 200, 64);
    table.name = "mini";
    return table;
}

}  // namespace gradus
